"""Mails in English."""

from cloud_api.notifications.texts import Words

ENGLISH = Words(
    language="en",
    greeting="Hello {name},",
    farewell="Kind regards",
    pass_subject="Your pass for {gym}",
    pass_body=(
        "here is your pass for {gym}.",
        (
            "Hold the picture in front of the camera at the door, on your phone or printed on paper. It is also attached, "
            "so that you can keep it."
        ),
        (
            "Whoever has this picture can come in with it. Please pass it on to nobody, and tell us if it gets lost: we "
            "then give you a new one."
        ),
    ),
    voucher_subject="Your purchase code for {gym}",
    voucher_body=(
        "here is your purchase code for {gym}. It is good until {until}.",
        (
            "If the door does not know of your purchase yet, hold the picture in front of its camera, on your phone or "
            "printed on paper."
        ),
    ),
    receipt_subject="Receipt {number} from {gym}",
    receipt_body=("thank you. This is receipt {number} of {on} from {place}.",),
    refund_subject="Refund {number} from {gym}",
    refund_body=("we have returned money to you. This is receipt {number} of {on} from {place}.",),
    total="Paid {how}",
    returned="Returned {how} (to receipt {refers_to})",
    methods={"cash": "in cash", "transfer": "by bank transfer", "terminal": "by card"},
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    day="{day} {month} {year}",
    decimal_mark=".",
)
