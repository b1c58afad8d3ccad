"""The tags of DocBook, DITA, JATS and TEI, and those of a web page that show the same. Data."""

from __future__ import annotations

SECTIONS = frozenset(
    "book article chapter section sect1 sect2 sect3 sect4 sect5 simplesect appendix part preface"
    " glossary refentry refsect1 refsect2 refsect3 refsection sec app topic concept task reference"
    " glossentry troubleshooting TEI div div1 div2 div3 div4 example abstract ref-list".split()
)
"""Parts that have a heading; its level is how many of them are open."""
CAPTIONED = frozenset("table informaltable figure fig equation listitem note tip warning".split())
"""Parts whose title is not that of a section."""
TITLES = frozenset("title article-title head glossterm".split())
TAGS = {
    **dict.fromkeys(
        "para simpara p shortdesc subtitle author contrib cmd info stepresult stepxmp note tip"
        " warning caution important refpurpose refname l lg q caption abstract mixed-citation"
        " element-citation bibl ab opener closer salute signed sp speaker aff subject"
        " kwd-group".split(),
        "p",
    ),
    **dict.fromkeys("itemizedlist ul steps-unordered simplelist choices".split(), "ul"),
    **dict.fromkeys("orderedlist ol steps procedure substeps".split(), "ol"),
    **dict.fromkeys("listitem li item step list-item substep member choice".split(), "li"),
    **dict.fromkeys("variablelist dl def-list parml".split(), "dl"),
    **dict.fromkeys("term dt pt".split(), "dt"),
    **dict.fromkeys("dd def pd glossdef".split(), "dd"),
    **dict.fromkeys(
        "programlisting screen literallayout codeblock pre preformat eg".split(), "pre"
    ),
    **dict.fromkeys("code literal command filename codeph option synopsis varname".split(), "code"),
    **dict.fromkeys(("superscript", "sup"), "sup"),
    **dict.fromkeys(("subscript", "sub"), "sub"),
    **dict.fromkeys("table informaltable simpletable".split(), "table"),
    **dict.fromkeys("thead sthead".split(), "thead"),
    "tbody": "tbody",
    **dict.fromkeys("row tr strow".split(), "tr"),
    **dict.fromkeys("entry td stentry cell".split(), "td"),
    "th": "th",
    **dict.fromkeys("blockquote quote-block".split(), "blockquote"),
}
FORMULA = frozenset(
    "math mrow mi mn mo mtext ms mfrac msup msub msubsup msqrt mroot mover munder munderover mtable"
    " mtr mlabeledtr mtd mfenced mstyle mpadded menclose semantics annotation".split()
)
"""Tags of MathML, which web pages have, too."""
CODE = "code"
"""Of JATS, a listing where it is in no paragraph; elsewhere a word."""
RENDERED = {"superscript": "sup", "super": "sup", "sup": "sup", "subscript": "sub", "sub": "sub"}
"""What the `rend` of TEI's `hi` says, in tags of a web page."""
ORDERED = {
    **dict.fromkeys(("order", "ordered", "arabic", "numbered"), "ol"),
    "alpha-lower": 'ol type="a"',
    "alpha-upper": 'ol type="A"',
    "roman-lower": 'ol type="i"',
    "roman-upper": 'ol type="I"',
}
"""Lists of JATS and TEI by their kind; others have no numbers."""
BREAKS = frozenset(("lb", "sbr", "break"))
NOTES = frozenset("footnote fn".split())
LINKS = {"ulink": "url", "link": "href", "xref": "href", "ext-link": "href", "ref": "target"}
"""Tags of links, and the attribute that says where they lead."""
APART = frozenset(
    "surname given-names firstname lastname othername forename persName orgname year volume fpage"
    " lpage source day month publisher-name kwd label role country institution addr-line".split()
)
"""Parts of names and of references that have nothing between them."""
UNSEEN = frozenset(
    "indexterm remark comment draft-comment journal-meta article-id permissions counts self-uri"
    " prolog related-links object-id encodingDesc profileDesc revisionDesc publicationStmt"
    " sourceDesc required-cleanup index-terms edition copyright legalnotice pubdate releaseinfo"
    " tex-math".split()
)
