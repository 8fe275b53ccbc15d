"""Documents with tables of indicators, and questions for one value each."""

from typing import NamedTuple

from tests.index.loaders.table_files import Document, TableText


class Asked(NamedTuple):
    """A question for one cell: its value, its unit, and the column that it stands in."""

    question: str
    value: str
    unit: str
    column: str


PLAN: Document = [
    "# 临江市国民经济和社会发展第十四个五年规划纲要",
    "## 第一章 发展环境",
    "“十三五”时期，我市经济社会发展取得新的成就，综合实力迈上新台阶，人民生活水平明显提高。",
    "当前和今后一个时期，我市发展仍然处于重要战略机遇期，但机遇和挑战都有新的变化。",
    "## 第二章 主要目标",
    "锚定远景目标，今后五年经济社会发展要努力实现以下主要目标。",
    TableText(
        ["表1 “十四五”时期经济社会发展主要指标"],
        [
            ["类别", "指标", "单位", "2020年", "“十四五”目标", "<", "属性"],
            ["^", "^", "^", "^", "2025年", "年均增长（%）", "^"],
            ["经济发展", "地区生产总值", "亿元", "2350", "3450", "8", "预期性"],
            ["^", "全员劳动生产率", "万元/人", "14.2", "19.5", "6.5", "预期性"],
            ["^", "常住人口城镇化率", "%", "58.4", "65", "—", "预期性"],
            ["创新驱动", "全社会研发经费投入增长", "%", "11.3", "12", "—", "预期性"],
            ["^", "每万人口高价值发明专利拥有量", "件", "3.1", "6.5", "—", "预期性"],
            ["民生福祉", "城镇调查失业率", "%", "5.2", "5.5", "—", "预期性"],
            ["^", "每千人口执业（助理）医师数", "人", "2.9", "3.4", "—", "约束性"],
            ["^", "人均预期寿命", "岁", "77.6", "78.5", "—", "预期性"],
            ["绿色生态", "森林覆盖率", "%", "41.5", "42.5", "—", "约束性"],
            ["^", "地表水达到或好于Ⅲ类水体比例", "%", "82", "86", "—", "约束性"],
            ["安全保障", "粮食综合生产能力", "万吨", "186", "190", "—", "约束性"],
        ],
        heads=2,
    ),
    "## 第三章 财政收支",
    "坚持财政资源统筹，保持必要支出强度，优化支出结构。",
    TableText(
        ["表2 一般公共预算收支情况", "单位：亿元"],
        [
            ["项目", "2022年决算数", "2023年预算数", "2024年预算数"],
            ["一般公共预算收入", "212.6", "228.5", "243.0"],
            ["其中：税收收入", "151.3", "160.2", "172.8"],
            ["一般公共预算支出", "398.1", "415.4", "431.7"],
            ["其中：教育支出", "76.9", "81.0", "85.5"],
            ["社会保障和就业支出", "58.2", "61.7", "64.4"],
        ],
    ),
    "加强地方政府债务管理，牢牢守住不发生系统性风险的底线。",
    "## 第四章 港口与交通",
    "推动港口提质增效，建设内河航运中心。",
    TableText(
        ["表3 历年港口生产情况"],
        [
            ["年份", "货物吞吐量（万吨）", "集装箱吞吐量（万标箱）", "港口投资（亿元）"],
            ["2019", "8120", "61.5", "12.4"],
            ["2020", "8344", "63.0", "13.8"],
            ["2021", "8901", "70.2", "15.1"],
            ["2022", "9235", "74.8", "16.7"],
        ],
    ),
    "## 第五章 区域布局",
    "优化区域经济布局，促进各区县协调发展，到2025年形成分工合理的格局。",
    TableText(
        ["表4 2025年各区县发展目标"],
        [
            ["片区", "区县", "生产总值（亿元）", "常住人口（万人）", "工业园区（个）"],
            ["江北", "东津区", "980", "86.0", "4"],
            ["^", "白沙区", "640", "52.5", "3"],
            ["江南", "石门县", "415", "61.2", "2"],
            ["^", "云岭县", "268", "38.7", "1"],
        ],
    ),
    "各区县要结合实际，细化目标任务，加强督促检查。",
]

REPORT: Document = [
    "# Strategic Plan of the Harbour District",
    "## Chapter 1 Context",
    "The district has grown steadily, and the port remains its largest employer.",
    "## Chapter 2 Targets",
    "The council will review progress against the following indicators every year.",
    TableText(
        ["Table 1. Key indicators of the district"],
        [
            ["Area", "Indicator", "Unit", "2021 baseline", "2024", "2027 target"],
            ["Housing", "New affordable homes", "units", "410", "520", "700"],
            ["^", "Homeless households", "households", "185", "150", "90"],
            ["Transport", "Share of trips by public transport", "%", "31", "35", "42"],
            ["^", "Length of cycle lanes", "km", "48", "66", "95"],
            ["Environment", "Greenhouse gas emissions per person", "tonnes", "6.8", "5.9", "4.5"],
            ["^", "Household waste recycled", "%", "44", "49", "60"],
        ],
    ),
    "## Chapter 3 Trade",
    "Exports through the port are expected to recover as the new terminal opens.",
    TableText(
        ["Table 2. Cargo by type (unit: 10,000 tons)"],
        [
            ["Cargo", "2019", "2020", "2021", "2022"],
            ["Grain", "412", "398", "405", "431"],
            ["Timber", "95", "88", "102", "97"],
            ["Iron ore", "1280", "1195", "1310", "1344"],
            ["Refined oil", "640", "571", "602", "633"],
        ],
    ),
    "The district will publish these figures each spring.",
]

QUESTIONS = [
    Asked("2025年常住人口城镇化率目标是多少？", "65", "%", "2025年"),
    Asked("2020年地区生产总值是多少？", "2350", "亿元", "2020年"),
    Asked("到2025年地区生产总值要达到多少？", "3450", "亿元", "2025年"),
    Asked("地区生产总值年均增长多少？", "8", "%", "年均增长"),
    Asked("2025年全员劳动生产率达到多少", "19.5", "万元/人", "2025年"),
    Asked("全员劳动生产率的年均增长是多少？", "6.5", "%", "年均增长"),
    Asked("2025年每万人口高价值发明专利拥有量是多少件？", "6.5", "件", "2025年"),
    Asked("2020年每万人口拥有多少件高价值发明专利？", "3.1", "件", "2020年"),
    Asked("2025年城镇调查失业率控制在多少？", "5.5", "%", "2025年"),
    Asked("二〇二五年每千人口执业医师有多少人？", "3.4", "人", "2025年"),
    Asked("2020年的人均预期寿命是多少岁", "77.6", "岁", "2020年"),
    Asked("森林覆盖率2025年提高到多少？", "42.5", "%", "2025年"),
    Asked("2025年地表水好于Ⅲ类水体的比例是多少？", "86", "%", "2025年"),
    Asked("2025年粮食综合生产能力达到多少万吨？", "190", "万吨", "2025年"),
    Asked("What is the urbanization rate of the permanent population in 2025?", "65", "%", "2025年"),
    Asked("What was the average life expectancy in 2020?", "77.6", "岁", "2020年"),
    Asked("2023年一般公共预算收入预算是多少？", "228.5", "亿元", "2023年"),
    Asked("2022年教育支出决算数是多少？", "76.9", "亿元", "2022年"),
    Asked("2024年税收收入预计多少亿元？", "172.8", "亿元", "2024年"),
    Asked("2024年社会保障和就业支出是多少？", "64.4", "亿元", "2024年"),
    Asked("2022年一般公共预算支出是多少", "398.1", "亿元", "2022年"),
    Asked("2021年货物吞吐量是多少？", "8901", "万吨", "货物吞吐量"),
    Asked("2022年集装箱吞吐量达到多少万标箱？", "74.8", "万标箱", "集装箱吞吐量"),
    Asked("2019年港口投资多少亿元？", "12.4", "亿元", "港口投资"),
    Asked("2020年港口货物吞吐量多少万吨？", "8344", "万吨", "货物吞吐量"),
    Asked("2025年东津区生产总值目标是多少？", "980", "亿元", "生产总值"),
    Asked("2025年石门县常住人口是多少？", "61.2", "万人", "常住人口"),
    Asked("白沙区到2025年有几个工业园区？", "3", "个", "工业园区"),
    Asked("云岭县的生产总值目标是多少？", "268", "亿元", "生产总值"),
    Asked("How many new affordable homes are planned for 2027?", "700", "units", "2027"),
    Asked("What was the number of homeless households in 2021?", "185", "households", "2021"),
    Asked("What share of trips was made by public transport in 2024?", "35", "%", "2024"),
    Asked("What length of cycle lanes is the target for 2027?", "95", "km", "2027"),
    Asked("What were the greenhouse gas emissions per person in 2021?", "6.8", "tonnes", "2021"),
    Asked("2027年生活垃圾回收率目标是多少？", "60", "%", "2027"),
    Asked("How much household waste should be recycled in 2027?", "60", "%", "2027"),
    Asked("How much grain was shipped in 2020?", "398", "10,000 tons", "2020"),
    Asked("How much timber passed the port in 2021?", "102", "10,000 tons", "2021"),
    Asked("Iron ore cargo in 2022?", "1344", "10,000 tons", "2022"),
    Asked("How much refined oil was handled in 2019?", "640", "10,000 tons", "2019"),
]
