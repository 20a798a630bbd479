import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.wording.markup import to_html, to_plain


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _italic_ ~gone~", "<strong>bold</strong> <em>italic</em> <s>gone</s>"),
        ("*a b*", "<strong>a b</strong>"),
        ("* a*", "* a*"),
        ("*a *", "*a *"),
        ("*a\nb*", "*a\nb*"),
        ("snake_case_name", "snake_case_name"),
        ("2*3*4", "2*3*4"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("(*a*), *b*!", "(<strong>a</strong>), <strong>b</strong>!"),
        ("```a *b* c```", "<code>a *b* c</code>"),
        ("`code`", "<code>code</code>"),
        ("```two\nlines```", "<code>two\nlines</code>"),
        ("<b>&\"'", "&lt;b&gt;&amp;&quot;&#x27;"),
        ("*<script>*", "<strong>&lt;script&gt;</strong>"),
        (
            "see https://a.b/x_y_z?a=1&b=2.",
            'see <span class="phone-link">https://a.b/x_y_z?a=1&amp;b=2</span>.',
        ),
        ("Hi {{1}}", 'Hi <span class="phone-missing">{{1}}</span>'),
        ("*", "*"),
        ("**", "**"),
        ("****", "****"),
    ],
)
def test_formatting_is_shown_as_on_a_phone(text: str, html: str) -> None:
    assert to_html(text) == html


@given(st.text(alphabet=st.sampled_from("ab *_~`\n<>&\"'{}1:/ht.") | st.characters()))
def test_only_our_own_tags_come_out(text: str) -> None:
    rest = re.sub(
        r"</?(?:strong|em|s|code|span)>|<span class=\"phone-(?:link|missing)\">", "", to_html(text)
    )

    assert not re.search(r"[<>\"']", rest)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a *sale* of _all_ ~old~ `teas`, ```now```", "a sale of all old teas, now"),
        ("*_both_* at once", "both at once"),
        ("2 * 3 * 4, snake_case_word, a*b*c", "2 * 3 * 4, snake_case_word, a*b*c"),
        ("* not * <b>this</b> {{1}}", "* not * <b>this</b> {{1}}"),
    ],
)
def test_a_line_without_formatting_has_no_marks(text: str, plain: str) -> None:
    assert to_plain(text) == plain
