"""Telephones and mail addresses as those see them who need not call anybody.

Source: GB/T 22239-2019, personal information (collect and show only what is needed).
"""


def masked_phone(phone: str) -> str:
    """139****0001, 0895-****234: enough to tell two apart."""
    if len(phone) < 8:
        return "*" * len(phone)
    area, dash, number = phone.partition("-")
    if dash and number:
        return f"{area}-****{number[-3:]}"
    return f"{phone[:3]}****{phone[-4:]}"


def masked_email(email: str) -> str:
    """a***@x.cn."""
    name, at, host = email.rpartition("@")
    return f"{name[:1]}***@{host}" if at else "*" * len(email)
