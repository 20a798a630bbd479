"""Meta's own codes, in plain words. They mean the same in a report and in an answer to a send; the
generic payload brings them as they are.
"""

from collections.abc import Mapping

from providers.gateway.report_classes import A_DAY_LATER, LATER, ReportCause, ReportClass

_TEMPLATE = "Compare the template with the approved one at Gupshup before you send again."
_QUALITY = "Look at the number's quality at Gupshup, and send no campaign until it has recovered."
_ACCOUNT = "Settle it with Gupshup or in Meta's Business Manager, then send again."
_MEDIA = "Check that the header's file opens in a browser, and its type and size, then send again."
_NUMBER = "Check the number with the person. Trying again doesn't help."
_WINDOW = "The person last wrote more than 24 hours ago, so only templates are allowed"
_ANSWER = "Send an approved template, or wait until the person writes."

MARKETING_STOPPED = "131050"

_CODES: Mapping[ReportClass, Mapping[str, tuple[str, str]]] = {
    ReportClass.BLOCKED: {
        MARKETING_STOPPED: (
            "The person stopped marketing messages from your business in WhatsApp",
            "Please don't send them marketing; only they can resume it.",
        ),
    },
    ReportClass.CAPPED: {
        "131049": ("Meta limits how many marketing messages this person gets", A_DAY_LATER),
    },
    ReportClass.UNKNOWN: {
        "130472": (
            "Meta keeps this person out of marketing messages for an experiment",
            "Nothing to do: it ends by itself.",
        ),
    },
    ReportClass.RECIPIENT: {
        "131021": ("This number is your own WhatsApp number", "Nothing to do."),
        "131026": (
            "WhatsApp can't deliver to this number: not on WhatsApp, or its app is too old",
            _NUMBER,
        ),
    },
    ReportClass.WINDOW_CLOSED: {"131047": (_WINDOW, _ANSWER), "470": (_WINDOW, _ANSWER)},
    ReportClass.TRANSIENT: {
        "130429": ("Too many messages at once for WhatsApp", LATER),
        "131000": ("WhatsApp failed and did not say why", LATER),
        "131016": ("WhatsApp was overloaded or down", LATER),
        "131056": ("This person got too many messages from you within a short time", LATER),
        "131057": ("Your WhatsApp account was being maintained", LATER),
    },
    ReportClass.CONFIG: {
        "368": ("Meta has restricted your account for breaking its policy", _ACCOUNT),
        "471": ("WhatsApp holds your number back: its quality is too low", _QUALITY),
        "131005": ("Your WhatsApp account lacks a permission", _ACCOUNT),
        "131031": ("Meta has locked your WhatsApp account", _ACCOUNT),
        "131037": ("Your number's display name is not approved yet", _ACCOUNT),
        "131042": ("Meta can't charge your account: something is wrong with the payment", _ACCOUNT),
        "131045": ("Your number is not registered with WhatsApp", _ACCOUNT),
        "131048": (
            "WhatsApp holds your number back: too many people blocked or reported it",
            _QUALITY,
        ),
        "131051": ("WhatsApp doesn't know this type of message", _TEMPLATE),
        "131052": ("WhatsApp could not download the file", _MEDIA),
        "131053": ("WhatsApp did not take the picture or file", _MEDIA),
        "132000": ("The template has another number of values than were sent", _TEMPLATE),
        "132001": ("The template doesn't exist in this language, or is not approved", _TEMPLATE),
        "132005": (
            "With its values the text was too long for WhatsApp",
            "Shorten the template's text or the values.",
        ),
        "132007": ("The template breaks a rule of WhatsApp's", _TEMPLATE),
        "132012": ("A value has another form than the template wants", _TEMPLATE),
        "132015": (
            "WhatsApp has paused the template: too many people disliked it",
            "Change the template, or wait until WhatsApp allows it again.",
        ),
        "132016": (
            "WhatsApp has switched the template off for good",
            "Make a new template and have it approved.",
        ),
    },
}
# Of these numbers Meta explains only some; all of them are about a template.
_ABOUT_TEMPLATES = [str(number) for number in range(132000, 132017)]
_UNEXPLAINED = {
    code: (f"WhatsApp refused the template, with Meta's code {code}", _TEMPLATE)
    for code in _ABOUT_TEMPLATES
    if code not in _CODES[ReportClass.CONFIG]
}

META_CODES: Mapping[str, ReportCause] = {
    code: ReportCause("", code, report_class, meaning, way_out)
    for report_class, codes in [*_CODES.items(), (ReportClass.CONFIG, _UNEXPLAINED)]
    for code, (meaning, way_out) in codes.items()
}
