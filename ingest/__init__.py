"""Text in, an index at rest. Knows nothing of Claude, of prompts or of terminals."""
