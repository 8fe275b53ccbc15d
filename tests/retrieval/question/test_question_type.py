import pytest

from retrieval.question.patterns import QuestionKind
from retrieval.question.quantities import Measure, quantities
from retrieval.question.question_type import QuestionType, classify


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        # Chinese, simplified and traditional
        ("新建了几座桥？", "number"),
        ("老年人占比是多少", "number"),
        ("这条隧道有多长？", "number"),
        ("水库什么时候完工？", "date"),
        ("條例哪一年開始施行？", "date"),
        ("试用期多长时间？", "duration"),
        ("产假有多长？", "duration"),
        ("拘役最长多长？", "duration"),
        ("限高杆有多长？", "number"),
        ("领养孩子要满多少周岁？", "number"),
        ("修一条路要几年", "duration"),
        ("违反的罚款是多少？", "money"),
        ("一張票多少錢", "money"),
        ("图书馆由谁管理？", "name"),
        ("哪个部门发许可证？", "name"),
        ("种子库建在哪里？", "place"),
        ("哪些地区种水稻？", "place"),
        ("河水为什么变浑？", "why"),
        ("申请人要带哪些材料？", "list"),
        ("什么是海绵城市？", "definition"),
        ("怎样申请补办？", "how"),
        ("外地人可以报名吗？", "yes/no"),
        ("店铺是否要交押金", "yes/no"),
        # English
        ("How many trees were planted?", "number"),
        ("What percentage of homes have solar roofs?", "number"),
        ("In which year did the bridge open?", "date"),
        ("By when must the form be filed?", "date"),
        ("How long does the permit last?", "duration"),
        ("How much does a ticket cost?", "money"),
        ("What does a high-speed train ticket cost?", "money"),
        ("Who keeps the register?", "name"),
        ("Which agency inspects kitchens?", "name"),
        ("Where is the archive kept?", "place"),
        ("Why was the road closed?", "why"),
        ("What are the duties of a guardian?", "list"),
        ("What is a wetland?", "definition"),
        ("How do I renew a licence?", "how"),
        ("Can a tenant sublet a room?", "yes/no"),
        # Spanish, German, French, Portuguese, Italian, Romanian
        ("¿Cuántos árboles se plantaron?", "number"),
        ("¿Cuándo abre el museo?", "date"),
        ("¿Cuánto tiempo dura el permiso?", "duration"),
        ("¿Dónde está el archivo?", "place"),
        ("¿Por qué cerraron la calle?", "why"),
        ("Wie viele Bäume wurden gepflanzt?", "number"),
        ("Bis wann muss der Antrag gestellt werden?", "date"),
        ("Wie lange gilt die Erlaubnis?", "duration"),
        ("Wer führt das Register?", "name"),
        ("Was kostet eine Fahrkarte?", "money"),
        ("Was essen die Vögel im Winter?", "none"),
        ("Combien d'arbres ont été plantés ?", "number"),
        ("Combien de temps dure le permis ?", "duration"),
        ("Qui tient le registre ?", "name"),
        ("Où se trouve la mairie ?", "place"),
        ("Est-ce qu'il faut une autorisation ?", "yes/no"),
        ("Quantas árvores foram plantadas?", "number"),
        ("Quem guarda o registo?", "name"),
        ("Quanti alberi sono stati piantati?", "number"),
        ("Dove si trova l'archivio?", "place"),
        ("Quando apre il museo?", "date"),
        ("Câți copaci au fost plantați?", "number"),
        ("De ce a fost închis drumul?", "why"),
        # Russian, Ukrainian, Greek, Turkish
        ("Сколько деревьев посадили?", "number"),
        ("В каком году открыли мост?", "date"),
        ("Кто ведёт реестр?", "name"),
        ("Скільки дерев посадили?", "number"),
        ("Коли відкрили міст?", "date"),
        ("Чи потрібен дозвіл?", "yes/no"),
        ("Πόσα δέντρα φυτεύτηκαν;", "number"),
        ("Πότε ανοίγει το μουσείο;", "date"),
        ("Kaç ağaç dikildi?", "number"),
        ("Müze ne zaman açılıyor?", "date"),
        ("İzin gerekli mi?", "yes/no"),
        # Arabic, Hindi, Thai, Vietnamese, Japanese, Korean, Indonesian
        ("كم شجرة زرعت؟", "number"),
        ("متى يفتح المتحف؟", "date"),
        ("أين يقع الأرشيف؟", "place"),
        ("कितने पेड़ लगाए गए?", "number"),
        ("संग्रहालय कब खुलता है?", "date"),
        ("ปลูกต้นไม้กี่ต้น", "number"),
        ("พิพิธภัณฑ์เปิดเมื่อไร", "date"),
        ("Bao nhiêu cây đã được trồng?", "number"),
        ("Ai giữ sổ đăng ký?", "name"),
        ("木は何本植えられましたか。", "number"),
        ("博物館はいつ開きますか。", "date"),
        ("許可は何年間有効ですか。", "duration"),
        ("나무를 몇 그루 심었습니까?", "number"),
        ("박물관은 언제 엽니까?", "date"),
        ("누가 등록부를 관리합니까?", "name"),
        ("Berapa pohon yang ditanam?", "number"),
        ("Siapa yang menyimpan daftar itu?", "name"),
        ("Di mana arsip itu disimpan?", "place"),
    ],
)
def test_a_question_says_what_it_asks_for(question: str, kind: QuestionKind) -> None:
    assert classify(question).kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "几乎所有的鸟",
        "平面几何",
        "近几年的收成",
        "许多大学",
        "多少有些困难",
        "湿地 保护 补偿",
        "wetland protection",
        "the whole wholesale market",
        "WHO guidelines for drinking water",
        "AI và giáo dục",
        "werden und sein",
        "es la casa de la que hablan",
        "Paris, la ville où il est né",
    ],
)
def test_words_that_look_like_question_words_are_none(text: str) -> None:
    assert classify(text) == QuestionType("none")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When a lease ends, who pays for repairs?", "name"),
        ("Can you tell me when the museum opens?", "date"),
        ("Tell me where the archive is", "place"),
        ("如何处理废油？", "how"),
        ("两种合同有哪些区别？", "list"),
        ("古城又称为什么？", "name"),
        ("谁在什么时候签字？", "date"),
        ("《几何原本》是谁翻译的？", "name"),
    ],
)
def test_of_several_kinds_the_more_specific_counts_and_joining_words_do_not(question: str, kind: QuestionKind) -> None:
    assert classify(question).kind == kind


@pytest.mark.parametrize(
    ("question", "measure"),
    [
        ("铁路有多少公里？", "length"),
        ("How many hectares of forest were planted?", "area"),
        ("What percentage of homes is heated?", "percent"),
        ("森林覆盖率是多少？", "percent"),
        ("Wie viele Einwohner hat die Stadt?", "people"),
        ("¿Cuántas personas viven allí?", "people"),
        ("新建了多少所学校？", "pieces"),
        ("罚款多少？", "money"),
        ("试用期几个月？", "time"),
        ("哪一年通车？", "date"),
        ("校庆是第几届？", "order"),
    ],
)
def test_the_measure_is_read_from_the_question(question: str, measure: Measure) -> None:
    assert measure in classify(question).measures


def test_a_thing_that_is_counted_has_no_measure() -> None:
    assert classify("How many bridges were built?").measures == frozenset()


def test_numbers_are_read_with_what_they_measure() -> None:
    found = quantities("第一条 到2025年，统一建成3.5万公顷湿地，一亿三千万元，每年5月开放，5G覆盖百分之十二。")
    assert [(q.words, q.measure, q.has_year) for q in found] == [
        ("第一", "order", False),
        ("2025年", "date", True),
        ("3.5万公顷", "area", False),
        ("一亿三千万元", "money", False),
        ("5月", "date", False),
        ("5G", "term", False),
        ("百分之十二", "percent", False),
    ]
