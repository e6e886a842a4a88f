"""The words of changes that are to come."""

TEXTS = {
    "en": {
        "coming.later": "From a day …",
        "coming.title": "Change {name} from a day on",
        "coming.day": "From the beginning of",
        "coming.day.hint": "At midnight of the site.",
        "coming.what": "What is different now holds from that day. Whatever else is changed until then stays.",
        "coming.do": "Plan it",
        "coming.from": "From {day} {year}",
        "coming.planned": "It will change on {day} {year}.",
        "coming.withdraw": "Keep it as it is",
        "coming.withdrawn": "It stays as it is.",
    },
    "da": {
        "coming.later": "Fra en dag …",
        "coming.title": "Ret {name} fra en dag",
        "coming.day": "Fra begyndelsen af",
        "coming.day.hint": "Ved midnat, hvor centret er.",
        "coming.what": "Det, der nu er anderledes, gælder fra den dag. Alt andet, der rettes indtil da, bliver stående.",
        "coming.do": "Planlæg det",
        "coming.from": "Fra {day} {year}",
        "coming.planned": "Det ændres {day} {year}.",
        "coming.withdraw": "Lad det være",
        "coming.withdrawn": "Det bliver, som det er.",
    },
}
