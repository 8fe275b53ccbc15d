"""Old encodings: short laws, written for the tests, in the encodings of their languages."""

import pytest

from index.errors import DocumentError
from index.loaders import load
from index.loaders.encoding import decode_bytes

LAWS = {
    "zh-Hans": "第一条　为了保护水井，制定本办法。\n第二条　任何单位和个人不得污染水井，违反者处五百元以下罚款。\n",
    "zh-Hant": "第一條　為保護水井，特制定本辦法。\n第二條　任何人不得污染水井，違反者處五百元以下罰鍰。\n",
    "ja": (
        "第一条　この条例は、井戸の保護に関し必要な事項を定めることを目的とする。\n２　市長は、前項の施策を実施する。\n"
    ),
    "ko": (
        "제1조(목적) 이 조례는 우물의 보호에 필요한 사항을 정함을 목적으로 "
        "한다.\n제2조 누구든지 우물을 오염시켜서는 아니 된다.\n"
    ),
    "ru": (
        "Статья 1. Общие положения\nНастоящий закон регулирует отношения, связанные с охраной колодцев в области.\n"
    ),
    "uk": (
        "Стаття 1. Загальні положення\nЦей закон регулює відносини, "
        "пов'язані з охороною криниць; їхні власники платять.\n"
    ),
    "pl": (
        "Art. 1. Ustawa określa zasady ochrony studni oraz obowiązki ich właścicieli. Żaden przepis tego nie narusza.\n"
    ),
    "cs": (
        "Článek 1. Tento zákon upravuje ochranu studní a povinnosti "
        "jejich vlastníků. Příslušný úřad rozhodne do třiceti dnů.\n"
    ),
    "tr": (
        "Madde 1 - Bu Kanunun amacı, kuyuların korunmasına ve sahiplerinin "
        "yükümlülüklerine ilişkin esasları düzenlemektir.\n"
    ),
    "el": "Άρθρο 1. Ο παρών νόμος ρυθμίζει την προστασία των πηγαδιών και τις υποχρεώσεις των ιδιοκτητών τους.\n",
    "ar": "المادة 1: ينظم هذا القانون حماية الآبار وواجبات أصحابها في جميع البلديات.\n",
    "he": "סעיף 1. חוק זה מסדיר את ההגנה על הבארות ואת חובות בעליהן בכל הערים.\n",
    "th": "มาตรา ๑ พระราชบัญญัตินี้กำหนดหลักเกณฑ์การคุ้มครองบ่อน้ำและหน้าที่ของเจ้าของ\n",
    "de": (
        "§ 1 Zweck. Dieses Gesetz regelt den Schutz der Brunnen für alle Eigentümer und schließt Dritte nicht aus.\n"
    ),
    "fr": (
        "Article 1er. La présente loi règle la protection des puits "
        "et les obligations de leurs propriétaires à la campagne.\n"
    ),
    "es": (
        "Artículo 1. La presente ley regula la protección de los pozos; "
        "su dueño pagará cada mañana una tasa según el año.\n"
    ),
    "sv": (
        "1 § Denna lag gäller skydd av brunnar. Ägaren får inte "
        "förorena vattnet, även om brunnen ligger på hans mark.\n"
    ),
}
ENCODINGS = {
    "zh-Hans": ["gb18030", "gbk", "utf-16-le", "utf-16-be"],
    "zh-Hant": ["big5hkscs", "gb18030"],
    "ja": ["euc_jp", "shift_jis", "cp932", "iso2022_jp"],
    "ko": ["euc_kr", "cp949"],
    "ru": ["cp1251", "koi8-r", "iso8859-5", "cp866", "mac_cyrillic", "utf-16-le"],
    "uk": ["cp1251", "koi8-u"],
    "pl": ["cp1250", "iso8859-2", "mac_latin2"],
    "cs": ["cp1250", "iso8859-2"],
    "tr": ["cp1254", "mac_turkish"],
    "el": ["cp1253", "iso8859-7", "mac_greek"],
    "ar": ["cp1256"],
    "he": ["cp1255"],
    "th": ["cp874"],
    "de": ["cp1252", "mac_roman"],
    "fr": ["cp1252", "iso8859-15", "mac_roman"],
    "es": ["cp1252"],
    "sv": ["cp1252"],
}


@pytest.mark.parametrize(
    ("language", "encoding"), [(one, e) for one, encodings in ENCODINGS.items() for e in encodings]
)
def test_a_law_is_read_in_the_encodings_of_its_language(language: str, encoding: str) -> None:
    text = LAWS[language] * 4
    assert decode_bytes(text.encode(encoding), "law.txt").text == text


def test_an_uncertain_encoding_is_remarked() -> None:
    data = "Clause 1. The owner pays at the café.\n".encode("cp1252")
    [remark] = load(data, "law.txt").remarks
    assert remark.startswith("the encoding is uncertain: read as ")
    assert load("Clause 1. The owner pays at the café.\n".encode(), "law.txt").remarks == ()


@pytest.mark.parametrize("data", [bytes(range(256)) * 4, b"\x00\x01" * 100, bytes(5)])
def test_binary_data_is_rejected(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"not text|empty"):
        decode_bytes(data, "law.txt")
