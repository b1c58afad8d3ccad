"""Vendors' keys whose form is more than a prefix, or that are recognised by the text beside them.

Gitleaks's rules of 2026-07-22, Kingfisher's of 2025-06-20, Microsoft's identifiable keys and the
vendors' documentation; read 2026-11-27.
"""

from __future__ import annotations

import re

from ingest.text.secrets.rule import (
    PRIVATE_KEY,
    Rule,
    decoded,
    has_digit,
    is_mixed,
    is_token,
    starting,
)


def _has_algorithm(token: str) -> bool:
    """Return whether a token's first part is the header that every JWT has (RFC 7515, 4.1.1)."""
    return b'"alg"' in decoded(token.partition(".")[0])


def _is_last_part_mixed(token: str) -> bool:
    return is_mixed(re.split(r"[.:]", token)[-1])


def _is_not_shown(key: str) -> bool:
    return not key.endswith("EXAMPLE")


_FORTY = r"(?<![A-Za-z0-9/+])(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
_WORD = r"(?<![A-Za-z0-9])"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def _is_secret_of_aws(key: str) -> bool:
    return is_mixed(key) and not key.endswith("EXAMPLEKEY")


RULES = (
    # A short one that goes on in dots is what manuals show of a key.
    Rule(
        "Anthropic key",
        ("sk-ant-",),
        r"sk-ant-(?:[\w-]{20,}|[\w-]{8,20}(?!\.\.|…|[\w-]))",
        has_digit,
    ),
    Rule("OpenRouter key", ("sk-or-",), r"sk-or-[\w-]{20,}", has_digit),
    Rule(
        "OpenAI key",
        ("sk-",),
        starting("sk-")
        + r"(?:(?:proj|svcacct|admin|service|None)-[\w-]{20,}|[A-Za-z0-9]{20,}(?![\w-]))",
    ),
    *(
        Rule(
            "AWS access key id",
            (prefix,),
            starting(prefix) + r"[A-Z0-9]{16}(?![A-Za-z0-9])",
            _is_not_shown,
        )
        for prefix in ("AKIA", "ASIA", "ABIA", "ACCA")
    ),
    # No bracket in between, so that no match reaches across a masked secret.
    *(
        Rule(
            "AWS secret key",
            (word,),
            word + r"[^\n\[\]]{0,40}?" + _FORTY,
            _is_secret_of_aws,
            anywhere=True,
        )
        for word in ("ecret", "ECRET")
    ),
    Rule(
        "AWS secret key",
        ("AKIA", "ASIA"),
        r"A[KS]IA[A-Z0-9]{16}[^\w\n\[\]]{1,5}" + _FORTY,
        _is_secret_of_aws,
        anywhere=True,
    ),
    Rule(
        "AWS session token",
        ("IQoJb3JpZ2lu", "FwoGZXIvYXdz"),
        r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[A-Za-z0-9/+=]{50,}",
    ),
    Rule("AWS signature", ("X-Amz-Signature=",), r"X-Amz-Signature=(?P<secret>[0-9a-f]{64})"),
    Rule("GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[pousr]_[A-Za-z0-9_]{30,}"),
    Rule("GitHub token", ("github_pat_",), r"github_pat_\w{22,}"),
    Rule("Slack token", ("xox",), r"xox[abceoprs](?:\.xox[bp])?-[\w-]{10,}", has_digit),
    Rule("Slack token", ("xoxd-",), r"xoxd-[\w%+/=-]{40,}", has_digit),
    Rule("Slack token", ("xapp-",), r"xapp-[\w-]{10,}", has_digit),
    Rule(
        "Slack webhook",
        ("hooks.slack.com",),
        r"hooks\.slack\.com/(?:(?:services|workflows)/T\w+/[AB]\w+/\w+(?:/\w+)?|triggers/[TE]\w+/\d+/\w+)",
    ),
    Rule("Google key", ("AIza",), starting("AIza") + r"[\w-]{30,}"),
    Rule("Google key", ("GOCSPX-",), r"GOCSPX-[\w-]{20,}"),
    Rule("Google token", ("ya29.",), starting("ya29.") + r"[\w-]{30,}"),
    Rule("Hugging Face token", ("hf_",), starting("hf_") + r"[A-Za-z0-9]{30,}(?![\w-])"),
    Rule("Hugging Face token", ("api_org_",), starting("api_org_") + r"[A-Za-z]{34}(?![\w-])"),
    Rule("PyPI token", ("pypi-AgE",), r"pypi-AgE[\w-]{50,}"),
    # Azure: the name in a connection string; the marks within Microsoft's keys; a client secret.
    Rule("Azure key", ("Key=",), r"(?:Account|SharedAccess)Key=[A-Za-z0-9+/]{40,}={0,2}"),
    Rule(
        "Azure key",
        ("+ASt", "ACDb", "+ABa", "+AMC", "APIM"),
        r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{76}(?:APIM|ACDb|\+(?:ABa|AMC|ASt))[A-Za-z0-9+/]{6}==",
    ),
    Rule(
        "Azure key",
        ("+ASb", "+AEh", "+ARm", "AIoT", "AzCa"),
        r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{33}(?:AIoT|AzCa|\+(?:ASb|AEh|ARm))[A-Za-z0-9+/]{6}=",
    ),
    Rule(
        "Azure key",
        ("AzSe", "AzFu", "+ACR"),
        r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{42}(?:AzSe|AzFu|\+ACR)[A-D][A-Za-z0-9+/]{5}(?![\w+/])",
        is_mixed,
    ),
    Rule("Azure key", ("JQQJ9",), _WORD + r"[A-Za-z0-9]{52}JQQJ9[A-Za-z0-9]{27}(?![\w-])"),
    Rule(
        "Azure key",
        (".azurewebsites.net/",),
        r"\.azurewebsites\.net/[^\s\[\]]{1,300}?[?&]code=(?P<secret>[\w%=-]{40,100})",
    ),
    Rule("New Relic key", ("NRAL",), _WORD + r"[0-9a-f]{32}[0-9a-fA-F]{4}NRAL(?!\w)"),
    Rule("Azure token", ("AZDO",), _WORD + r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![\w-])"),
    Rule(
        "Azure secret",
        ("Q~",),
        r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~-])",
        is_mixed,
    ),
    Rule("Azure signature", ("sig=",), r"\bsig=(?P<secret>[A-Za-z0-9+/%]{43,60}(?:%3D|=))"),
    Rule(
        "Okta token",
        ("kta", "KTA", "SSWS"),
        r"(?:kta|KTA|SSWS)[^\n\[\]]{0,40}?(?<![\w-])(?P<secret>00[\w-]{40})(?![\w-])",
        is_mixed,
        anywhere=True,
    ),
    # A part before or after the mark has a form, too.
    Rule(
        "Terraform token",
        (".atlasv1.",),
        _WORD + r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}",
    ),
    Rule("Airtable token", ("pat",), starting("pat") + r"[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    Rule("Fireworks key", ("fw_",), starting("fw_") + r"[A-Za-z0-9]{20,}(?![\w-])", is_mixed),
    *(
        Rule(f"{vendor} key", (prefix,), starting(prefix) + r"[\w-]{43}(?![\w-])", is_mixed)
        for vendor, prefix in (("Voyage", "pa-"), ("Nomic", "nk-"))
    ),
    # Kimi's, MiniMax's and others that begin as OpenAI's do; in small letters it is a CSS class.
    Rule("key", ("sk-",), starting("sk-") + r"[a-z]{2,12}-[\w-]{32,}", is_mixed),
    Rule("Composio key", ("ak_",), starting("ak_") + r"[\w-]{20}(?![\w-])", is_mixed),
    Rule("Pushbullet token", ("o.",), starting("o.") + r"[A-Za-z0-9]{32}(?![\w-])", is_mixed),
    Rule(
        "RapidAPI key",
        ("jsn",),
        _WORD + r"[0-9a-f]{10}msh[0-9a-f]{15}p1[0-9a-f]{5,6}jsn[0-9a-f]{12}(?!\w)",
    ),
    Rule(
        "key",
        ("alchemy.com/v", "infura.io/v"),
        r"(?:alchemy\.com|infura\.io)/v\d/(?P<secret>[\w-]{32})(?![\w-])",
        is_token,
    ),
    *(
        Rule("Modal token", (prefix,), starting(prefix) + r"[A-Za-z0-9]{22}(?![\w-])", is_mixed)
        for prefix in ("ak-", "as-")
    ),
    Rule("Notion token", ("secret_",), starting("secret_") + r"[A-Za-z0-9]{43}(?![\w-])", is_mixed),
    Rule(
        "Mailchimp key",
        tuple(f"-us{n}" for n in range(1, 10)),
        _WORD + r"[0-9a-f]{32}-us\d{1,2}(?![\w-])",
        is_token,
    ),
    *(
        Rule(
            "Asana token",
            (prefix,),
            prefix + rf"(?<![\w/.-]{prefix})\d{{13,19}}(?:/\d{{13,19}})?:[0-9a-f]{{32}}(?![\w-])",
        )
        for prefix in ("1/", "2/")
    ),
    Rule(
        "Telegram token",
        (":AA",),
        r"(?<!\d)\d{8,10}:AA[\w-]{33}(?![\w-])",
        _is_last_part_mixed,
    ),
    *(
        Rule(
            "Discord token",
            (".",),
            rf"{first}(?<![\w.-]{first})[\w-]{{23,27}}\.[\w-]{{6}}\.[\w-]{{27,40}}(?![\w-])",
            _is_last_part_mixed,
        )
        for first in "MNO"
    ),
    Rule(
        "Discord webhook",
        ("/api/webhooks/",),
        r"discord(?:app)?\.com/api/webhooks/\d{16,20}/[\w-]{60,80}",
    ),
    Rule(
        "Teams webhook",
        ("/IncomingWebhook/", "outlook.office.com/webhook/"),
        r"office\.com/webhook(?:b2)?/[\w@-]{40,90}/IncomingWebhook/[0-9a-z]{20,40}/[\w-]{30,90}",
    ),
    Rule("Twitter token", ("AAAAAAAAAA",), _WORD + r"A{18,22}[\w%]{60,}", is_mixed),
    Rule(
        "ngrok token",
        ("_",),
        r"2(?<![\w-]2)[A-Za-z0-9]{25,48}_[A-Za-z0-9]{20,26}(?![\w-])",
        is_mixed,
    ),
    *(
        Rule(
            "Harness key",
            (prefix,),
            starting(prefix) + r"[\w-]{22}\.[0-9a-f]{24}\.\w{20}(?!\w)",
        )
        for prefix in ("pat.", "sat.")
    ),
    Rule("MaxMind key", ("_mmk",), _WORD + r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk(?!\w)"),
    Rule("Zapier webhook", ("hooks.zapier.com",), r"hooks\.zapier\.com/hooks/catch/\d+/\w+"),
    Rule(
        "JWT",
        ("eyJ",),
        r"(?P<secret>eyJ[\w-]{10,}(?:\.[\w-]*){1,3}\.[\w-]+)|eyJ[\w-]*",
        _has_algorithm,
    ),
    Rule(PRIVATE_KEY, ("AGE-SECRET-KEY-",), r"AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{50,}"),
    Rule(PRIVATE_KEY, ("xprv",), starting("xprv") + r"[1-9A-HJ-NP-Za-km-z]{100,}"),
)
