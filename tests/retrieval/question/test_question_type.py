import pytest

from retrieval.question.patterns import QuestionKind
from retrieval.question.quantities import quantities
from retrieval.question.question_type import Asked, asked, holds


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
    assert asked(question).kind == kind


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
def test_words_that_look_like_asking_ones_do_not_ask(text: str) -> None:
    assert asked(text) == Asked("none")


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
    assert asked(question).kind == kind


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("铁路有多少公里？", "米"),
        ("How many hectares of forest were planted?", "公顷"),
        ("What percentage of homes is heated?", "百分之"),
        ("森林覆盖率是多少？", "%"),
        ("Wie viele Einwohner hat die Stadt?", "人"),
        ("¿Cuántas personas viven allí?", "人"),
        ("新建了多少所学校？", "个"),
        ("罚款多少？", "元"),
        ("试用期几个月？", "天"),
        ("哪一年通车？", "年"),
        ("校庆是第几届？", "第"),
    ],
)
def test_the_unit_is_read_from_the_question(question: str, unit: str) -> None:
    assert unit in asked(question).units


def test_a_thing_that_is_counted_has_no_unit() -> None:
    assert asked("How many bridges were built?").units == ()


@pytest.mark.parametrize(
    ("question", "text", "held"),
    [
        ("多少公顷？", "造林３万公顷。", 1.0),
        ("多少公顷？", "造林四十五万亩。", 1.0),
        ("多少公顷？", "目标为45。", 0.5),
        ("多少公顷？", "用水下降12%。", 0.25),
        ("多少公顷？", "统一规划，进一步植树造林。", 0.0),
        ("百分之几？", "提高百分之三十。", 1.0),
        ("百分之几？", "达到三分之一以上。", 1.0),
        ("多少？", "翻一番。", 1.0),
        ("多少个？", "建成十二个园区。", 1.0),
        ("多少个？", "建设一个中心。", 0.0),
        ("多少个？", "第十六章 （一）十四五时期", 0.0),
        ("多少个？", "到2025年全部建成。", 0.0),
        ("How many?", "Two thirds of the homes", 1.0),
        ("How many?", "Article 5 applies.", 0.0),
        ("哪一年？", "二〇二五年完成。", 1.0),
        ("哪一年？", "每年5月3日举行。", 0.5),
        ("什么时候？", "5月3日举行。", 1.0),
        ("什么时候？", "合同成立时，权利设立。", 0.5),
        ("什么时候？", "19世纪末", 1.0),
        ("什么时候？", "办理登记。", 0.0),
        ("多久？", "三十日内作出决定。", 1.0),
        ("多久？", "有效期半年。", 1.0),
        ("多久？", "依法作出决定。", 0.0),
        ("罚款多少？", "处五千元以上罚款。", 1.0),
        ("罚款多少？", "处货值百分之四十的罚款。", 0.5),
        ("加班工资多少？", "支付三倍的报酬。", 0.5),
        ("罚款多少？", "处三年监禁。", 0.25),
        ("领养孩子要满多少周岁？", "年满二十八周岁。", 1.0),
        ("满几周岁？", "年满二十八周岁。", 1.0),
        ("一年级要几周岁？", "二十四公里。", 0.25),
        ("How old must a driver be?", "年满二十八周岁。", 1.0),
        ("隧道有多长？", "长十二公里。", 1.0),
        ("培训多长？", "共三个月。", 1.0),
        ("培训多长？", "共三人。", 0.25),
        ("产假多长？", "长十二公里。", 0.25),
        ("How much does it cost?", "It costs $5 million.", 1.0),
        ("第几？", "排名第三。", 1.0),
        ("由谁负责？", "由市交通运输部门负责。", 1.0),
        ("由谁负责？", "承租人应当维修。", 0.5),
        ("由谁负责？", "保持清洁卫生。", 0.0),
        ("在哪里？", "位于松林镇。", 1.0),
        ("在哪里？", "保持清洁卫生。", 0.0),
        ("为什么？", "由于连日大雨，道路封闭。", 1.0),
        ("为什么？", "道路封闭。", 0.5),
        ("怎么办？", "道路封闭。", 1.0),
    ],
)
def test_a_sentence_holds_what_is_asked_for(question: str, text: str, held: float) -> None:
    assert holds(asked(question), text) == held


@pytest.mark.parametrize(
    ("question", "text"),
    [("由谁负责？", "由國務院負責。"), ("为什么？", "為了保護水源，道路封閉。"), ("多少亩？", "造林三萬畝。")],
)
def test_traditional_characters_hold_the_same(question: str, text: str) -> None:
    assert holds(asked(question), text) == 1.0


def test_numbers_are_read_with_what_they_measure() -> None:
    found = quantities("第一条 到2025年，统一建成3.5万公顷湿地，一亿三千万元，每年5月开放，5G覆盖百分之十二。")
    assert [(q.words, q.measure, q.year) for q in found] == [
        ("第一", "order", False),
        ("2025年", "date", True),
        ("3.5万公顷", "area", False),
        ("一亿三千万元", "money", False),
        ("5月", "date", False),
        ("5G", "term", False),
        ("百分之十二", "percent", False),
    ]
