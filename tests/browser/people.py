"""Whom the journey writes to: the last four digits decide what becomes of each message."""

ENDINGS = {
    "0001": 10,  # read
    "9901": 4,  # delivered, never read
    "9904": 2,  # read, then clicked
    "9907": 2,  # read, then answered
    "9908": 1,  # read, then STOP
    "9911": 2,  # not on WhatsApp
    "9943": 1,  # refused: not a valid number
    "9941": 1,  # the opt-in is refused
}
HEADER = "identity,Name,Phone,City,MSG-whatsapp"

# What the campaign's page must say in the end.
FUNNEL = {
    "targeted": 25,
    "queued": 0,
    "sent": 21,
    "delivered": 19,
    "read": 15,
    "clicked": 2,
    "replied": 3,
}
FAILED, SUPPRESSED, REFUSED_ROWS = 4, 2, 1


def csv_file() -> bytes:
    phones = [
        f"+9190000{number}{ending}" for ending, count in ENDINGS.items() for number in range(count)
    ]
    rows = [f"c-{at},Asha {at},{phone},Pune,TRUE" for at, phone in enumerate(phones)]
    rows += [
        "no,Kabir Khan,+919000000777,Delhi,FALSE",
        f"twin,Meera Nair,{phones[0]},Pune,TRUE",
        "null,Zoya Das,12,Pune,TRUE",
    ]
    return "\n".join([HEADER, *rows]).encode()
