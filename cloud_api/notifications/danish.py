"""Mails in Danish."""

from cloud_api.notifications.texts import Words

DANISH = Words(
    language="da",
    greeting="Hej {name}",
    farewell="Venlig hilsen",
    pass_subject="Dit adgangskort til {gym}",
    pass_body=(
        "Her er dit adgangskort til {gym}.",
        (
            "Hold billedet op foran kameraet ved døren, på din telefon eller på papir. Det er også vedhæftet, så du kan "
            "gemme det."
        ),
        (
            "Den, der har billedet, kan komme ind med det. Giv det ikke videre, og sig til, hvis det bliver væk: så får du "
            "et nyt."
        ),
    ),
    voucher_subject="Din købskode til {gym}",
    voucher_body=(
        "Her er din købskode til {gym}. Den gælder til og med {until}.",
        "Hvis døren endnu ikke kender dit køb, så hold billedet op foran kameraet, på din telefon eller på papir.",
    ),
    receipt_subject="Kvittering {number} fra {gym}",
    receipt_body=("Tak. Dette er kvittering {number} af {on} fra {place}.",),
    refund_subject="Tilbagebetaling {number} fra {gym}",
    refund_body=("Vi har betalt penge tilbage til dig. Dette er kvittering {number} af {on} fra {place}.",),
    total="Betalt {how}",
    returned="Tilbagebetalt {how} (til kvittering {refers_to})",
    methods={"cash": "kontant", "transfer": "med bankoverførsel", "terminal": "med kort"},
    months=(
        "januar",
        "februar",
        "marts",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "december",
    ),
    day="{day}. {month} {year}",
    decimal_mark=",",
)
