"""What is a secret, and what only looks like one."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import IN_CONTEXT, PLANTED, armoured, vendor_key

from ingest.text.cleaning import clean, mask, masked_id
from ingest.text.secrets import find_secrets
from ingest.text.secrets.contexts import RULES as CONTEXTS
from ingest.text.secrets.forms import RULES as FORMS
from ingest.text.secrets.vendors import VENDORS

PLAIN = st.text(st.sampled_from("aZ 9\n.,:;=/@-_+[]\"'\u200b"), max_size=30)
FRAGMENTS = st.one_of(
    PLAIN,
    st.sampled_from([*PLANTED.values(), *IN_CONTEXT]),
    st.sampled_from(["secret", "sk-ant-", "eyJ", "AKIA", "://", "-----BEGIN PRIVATE KEY-----"]),
)
TEXTS = st.lists(FRAGMENTS, max_size=8).map("\n".join)


@pytest.mark.parametrize(("kind", "secret"), PLANTED.items())
def test_a_secret_goes_as_a_whole_and_its_kind_stays(kind: str, secret: str) -> None:
    assert mask(f"It is {secret}, keep it.").text == f"It is [{kind}], keep it."
    assert mask(f'{{"a": "\\n{secret}"}}').text == f'{{"a": "\\n[{kind}]"}}'


@pytest.mark.parametrize(("text", "expected"), IN_CONTEXT.items())
def test_a_secret_is_known_by_what_stands_around_it(text: str, expected: tuple[str, str]) -> None:
    kind, secret = expected
    masked = mask(text).text
    assert f"[{kind}]" in masked
    assert secret not in masked


@pytest.mark.parametrize(("kind", "prefixes", "rest"), VENDORS)
def test_a_vendors_key_is_known_wherever_a_word_begins(kind: str, prefixes: str, rest: str) -> None:
    for prefix in prefixes.split():
        key = prefix + vendor_key(rest)
        assert mask(f"It is {key} today.").text == f"It is [{kind}] today."
        assert mask(f'{{"a": "\\n{key}"}}').text == f'{{"a": "\\n[{kind}]"}}'
        assert find_secrets(f"x{key}") == []


@pytest.mark.parametrize("end", [True, False])
@pytest.mark.parametrize("name", ["PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"])
def test_a_private_key_goes_with_its_lines_also_when_it_breaks_off(name: str, end: bool) -> None:
    assert mask(f"Mine:\n\n{armoured(name, end=end)}\n\nis old.").text == (
        "Mine:\n\n[private key]\n\nis old."
    )


def test_a_private_key_in_a_quoted_string_goes() -> None:
    key = armoured("PRIVATE KEY").replace("\n", "\\n")
    assert mask(f'{{"private_key": "{key}\\n"}}').text == '{"private_key": "[private key]\\n"}'


@pytest.mark.parametrize(
    "text",
    [
        "A risk-averse task-based desk-" + "a" * 40,
        "sha1 of the secret: " + hashlib.sha1(b"a").hexdigest(),  # noqa: S324
        "integrity sha384-" + "oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC",
        "secret id 123e4567-e89b-12d3-a456-426614174000",
        "data:image/png;base64," + "iVBORw0KGgoAAAANSUhEUgAAAAUA" * 40,
        "A key begins with -----BEGIN PRIVATE KEY----- and ends with -----END PRIVATE KEY-----.",
        "-----BEGIN CERTIFICATE-----\n" + "MIIB" * 16 + "\n-----END CERTIFICATE-----",
        "export ANTHROPIC_API_KEY=sk-ant-api03-j1W...",
        "ANTHROPIC_API_KEY: sk-ant-the-key-of-your-workspace, OPENROUTER: sk-or-the-key-you-have",
        '<div class="sk-fading-circle-in-four-small-steps-and-back">',
        "new WebClient('xoxb-your-slack-token')",
        "postgres://user:password@localhost/db, https://$USER:${PASSWORD}@host",
        "connect(user=user, password=password)",
        "https://medium.com:8080/@ann and ann@example.com",
        "eyJub3QiOiJhIHRva2VuIn0.eyJub3QiOiJhIHRva2VuIn0.abc",
        "token = tokenizer.next_token_id2(text, max_tokens=4096)",
        "password = getpass.getpass('Password2: ')",
        'api_key = os.environ["SEA_API_KEY_2"]',
        'password: "YourPassword123", secret: "<your-secret-here-1>", token: "xxxxxxxxxxxxxxxx"',
        'secret: "V1SecretVolumeSource", next_page_token="projects/sea/locations/europe-west1"',
        "The password is Required on page 27; the secret is well-kept since 2019-04-01.",
        "token_sha256 = " + hashlib.sha256(b"a").hexdigest(),
        "Authorization: Bearer YOUR_API_TOKEN_GOES_HERE1",
        "Authorization: Basic dGlkZQ==",
        "curl -u user:password https://sea.example && curl -u $USER:$PASSWORD sea.example",
        "machine sea.example login ann password PASSWORD",
        "client-key-data: " + "LS0tLS1CRUdJTi" + "BDRVJUSUZJQ0FURS0tLS0t" * 4,
        '{"kty": "RSA", "n": "sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri", "e": "AQAB"}',
        "AK" + "IAIOSFODNN7EXAMPLE",
        "PublicKey = " + "HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=",
        "sshpass -p $PASSWORD2 ssh ann@sea; docker login -p $PASS1; mysql -p tide_2026",
        "mkdir -p Build2/Release; set -euo pipefail; set -x KEY value; setx JAVA_HOME C:/Java17",
        "setPassword(form.Password1); psk=wpa2; pass = compile(source2); password 'your Password1'",
        "Cookie: theme=dark; sessionid=SESSION_ID_GOES_HERE; define('API_KEY', 'your key here 1')",
        'variable "db_password" {\n  type = string\n  default = var.Other2Password\n}',
        '"resolved": "https://npm.example/-/x-1.0.0.tgz#' + hashlib.sha1(b"b").hexdigest() + '"',  # noqa: S324
        "github.com/pkg/errors v0.9.1 h1:" + "FEBLx1zS214owpjy7qsBeixbURkuhQAwrK5UwLGTwt4=",
        "npm_config_registry, hf_hub_download, github_pat_, AKIA, AIza",
        *("Palabras clave: COVID-19, oxígeno", "Autoclave: Tuttnauer-2540M", "Enclave: Ceuta-2024"),
    ],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert mask(text).text is text


@pytest.mark.parametrize(
    "said",
    [
        *("Passwort: «»", "Das WLAN-Passwort ist «».", "Kennwort lautet: «»", "mot de passe : «»"),
        *(
            "Contraseña: «»",
            "La clave es «»",
            "db_clave=«»",
            "Senha = «»",
            "Şifre: «»",
            "Hasło: «»",
            "пароль: «»",
        ),
        *("كلمة المرور: «»", "密码：«»", "密码是«»", "パスワードは «» です", "비밀번호는 «»"),
    ],
)
def test_a_password_is_known_by_its_name_in_any_language(said: str) -> None:
    assert mask(said.replace("«»", "t1desTurn")).text == said.replace("«»", "[secret]")
    plain = said.replace("«»", "Gezeiten")
    assert mask(plain).text is plain


def test_hidden_characters_do_not_hide_a_secret() -> None:
    key = PLANTED["GitHub token"]
    split = f"{key[:9]}\u200b{key[9:20]}\u00ad{key[20:]}"
    assert mask(f"a\u200b {split} b").text == "a\u200b [GitHub token] b"
    assert clean(f"a\u200b {split} b").text == "a [GitHub token] b"
    assert clean(f"{key[:9]}<!-- x -->{key[9:]}", markup="markdown").text == "[GitHub token]"


def test_a_token_in_an_address_is_known_as_that() -> None:
    found = find_secrets(f"https://ann:{PLANTED['GitHub token']}@github.com/sea")
    assert [secret.kind for secret in found] == ["GitHub token"]


def test_the_label_of_a_short_secret_is_as_short() -> None:
    labels = [mask(f"redis://:{password}@sea.example").text for password in ("k7X!", "k7X!+zQw")]
    assert labels == ["redis://[key]@sea.example", "redis://[secret]@sea.example"]


def test_ids_that_hold_secrets_stay_apart() -> None:
    keys = [f"call {PLANTED['GitHub token']}{number}" for number in range(2)]
    ids = [masked_id(key) for key in keys]
    assert all(name.startswith("call [GitHub token]#") for name in ids)
    assert len(set(ids)) == 2
    assert masked_id("call 7") == "call 7"


@given(TEXTS)
def test_masking_twice_is_masking_once(text: str) -> None:
    masked = mask(text).text
    assert mask(masked).text == masked


@given(TEXTS)
def test_masking_never_lengthens_and_leaves_the_rest_as_it_is(text: str) -> None:
    found = find_secrets(text)
    assert all(len(secret.label) <= secret.end - secret.start for secret in found)
    masked = text
    for secret in reversed(found):
        masked = masked[: secret.start] + secret.label + masked[secret.end :]
    assert clean(masked).text == clean(text).text


@given(TEXTS)
def test_a_label_points_to_the_secret_in_the_text_as_read(text: str) -> None:
    text = text.replace("\u200b", "")
    cleaned = clean(text)
    removed = 0
    for secret in find_secrets(text):
        start = secret.start - removed
        removed += secret.end - secret.start - len(secret.label)
        end = secret.end - removed
        assert cleaned.text[start:end] == secret.label
        assert (cleaned.as_read(start), cleaned.as_read(end - 1) + 1) == (secret.start, secret.end)
    places = [cleaned.as_read(offset) for offset in range(len(cleaned.text))]
    assert places == sorted(set(places))


NEEDLES = {needle for rule in (*FORMS, *CONTEXTS) for needle in rule.needles}
PREFIXES = {prefix for _, prefixes, _ in VENDORS for prefix in prefixes.split()}
PIECES = [
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\n-----END ",
    "eyJaaaaaaaaaaa.",
    "xoxb-",
    "://a:",
    "; pwd=",
    "curl -u",
    "machine a login b password ",
    "password=",
    "password : str = ",
    "token" + " " * 8 + ":" + " " * 8,
    "--api-key=a",
    "Private-Lines: 1\n" + "a" * 80 + "\n",
    '"kty""d":"',
    "<RSAKeyValue><D>a",
]


@pytest.mark.parametrize("piece", [*sorted(NEEDLES | PREFIXES), *PIECES])
def test_very_many_beginnings_are_no_burden(piece: str) -> None:
    """60 kB of each: a pattern that goes back far would take minutes."""
    find_secrets(piece * (60_000 // len(piece)))
    find_secrets(piece + "a1B-" * 5_000 + "aB1" * 5_000 + "!")
