"""What a person sees. Every string that came from elsewhere is cleaned before it is shown."""
