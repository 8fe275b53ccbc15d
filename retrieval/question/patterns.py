r"""Question words of many languages; retrieval/question/question_type.py compares them.

A question comes in small letters, a clause a line, so that ``^`` is the start of a clause and ``$`` its end. ``~`` is
up to four words between. Languages with spaces are compared by whole words. Words that also join clauses ("when",
"who", "cuando") ask only at the start of one.
"""

from typing import Literal

Kind = Literal[
    "money", "duration", "date", "number", "place", "name", "why", "list", "definition", "how", "yes/no", "none"
]

# Small words that tell languages in Latin letters apart, the asking ones among them: "was" is another word in German.
COMMON: dict[str, str] = {
    "en": "the of in on to and a an is are was were did does do has have who what when where which how why many much"
    " for by with that it its be can may must should will from at as under per if whether long not",
    "es": "el la los las de del en y un una es son se que qué por para con al quién quien cuándo cuando dónde donde"
    " cómo cuántos cuántas cuánto cuánta cuál cuáles fue su más hay cuantos cuantas ha han",
    "de": "der die das und in den dem des ein eine einen einer ist sind wer wen wem was wann wo wie viele viel warum"
    " welche welcher welches welchem welchen wurde wird werden hat haben im von mit für zu auf nach lange hoch es",
    "fr": "le la les de des du et un une est sont en qui que quoi quand où comment combien pourquoi quel quelle quels"
    " quelles au aux dans par pour sur ce il elle se qu'est-ce a ont été faut-il peut-on",
    "pt": "o a os as de do da dos das em no na nos nas e um uma é são que quem quando onde como quanto quantos quantas"
    " qual quais por para com foi se não há ao",
    "it": "il lo la i gli le di del della dei delle e un una è sono che chi quando dove come quanto quanti quante "
    "quale quali qual perché in nel nella per con da cosa cos'è si ha non",
    "tr": "ve bir bu ne kim kaç nerede nasıl neden niçin hangi zaman mı mi mu mü nedir kadar için ile olan da de var"
    " kimdir nereye niye yüzde",
    "ro": "și în de la un o este sunt cine când unde cum cât câți câte ce care pe cu din se a al ale pentru cati cand"
    " câtă să fost",
    "vi": "là của và có được bao nhiêu khi nào ở đâu ai gì thế như tại sao mấy những các trong cho không năm người lâu",
    "id": "dan di yang apa siapa kapan mana berapa mengapa bagaimana apakah ini itu untuk dengan dari adalah pada ke"
    " kenapa dimana saja",
}

# What may stand before the asking word of a clause.
LEADS = (
    r"in|on|at|by|to|from|for|of|with|until|till|since|before|after|about|under|and|but|so|then|or|please|tell me"
    r"|(?:can|could) you (?:please )?tell me|do you know|i (?:want|would like|need) to know|exactly"
    r"|en|a|de|por|para|con|desde|hasta|sobre|según|y|o|pero|dime"
    r"|im|an|am|auf|ab|bis|seit|von|vom|zu|zum|mit|für|durch|bei|nach|vor|aus|um|über|unter|und|oder|aber"
    r"|à|au|du|par|pour|avec|dans|depuis|jusqu'à|sur|sous|chez|vers|et|ou|mais"
    r"|em|no|na|do|da|com|até|e|mas|di|per|su|fra|tra|fino a|ma|în|la|din|pe|cu|până|și"
    r"|в|во|на|с|со|к|до|от|из|за|о|об|по|при|для|у|и|а|но|з|від|із|та|й|σε|από|με|για|και|до|в|إلى|في|من|و"
)

_TIMES_EN = "years|months|weeks|days|hours|minutes|seconds|decades|centuries"
_SIZES_ZH = "占比|比例|比重|百分比"
_SUMS_ZH = (
    "罚款|罚金|赔偿金?|补偿金?|费用?|价格?|工资|薪资|成本|金额|资金|投资|租金|押金|补贴|补助|奖金|奖励|保证金|定金"
)
_SUMS_ZH += "|违约金|收入|税|贷款|预算|经费|售价|票价|房价|利息"

QUESTIONS: dict[str, dict[Kind, str]] = {
    "zh": {
        "money": rf"多少钱|几块钱|几元|(?:多少|几[百千万亿]*)[万亿]?(?:元|美元|欧元|人民币|资金|经费|{_SUMS_ZH})"
        rf"|(?:{_SUMS_ZH})(?:(?![增降减提占率比倍]|多[少大]).){{0,6}}(?:多少(?![个家人项种年天次倍])|多高)"
        r"|[罚赔]多少(?!人|次|倍)|值多少|卖多少(?:钱|$)|多贵|(?:罚款|罚金|赔偿|工资|费用|价格|金额)(?:标准)?(?:是"
        r"|为)?$(?<=[是为])",
        "duration": r"多久(?!远)|多长时间|多长(?:的)?(?:期限|时限|年限|时期|周期)|多少(?:个)?(?:年|月|周(?!岁)|星期|天"
        r"|日(?![圆元])|小时|钟头|分钟|秒|工作日|学期|世纪|时间)(?!度|份)"
        r"|(?<!(?<!提)前)(?<![这那近后去来好十数上下头哪初小大最])几(?:年(?![级代])|个(?:月|星期|小时|工作日)|天"
        r"|周(?!岁)|小时|分钟|秒|日内)|(?:期限|时限|年限|有效期|时效|刑期|期间|保质期|任期)(?:(?:是|为|有)(?:什么"
        r"|怎样)?$|(?:是|为)?(?:(?:怎么|如何)(?:规定|计算)|多[长少]))"
        r"|(?:期(?![望待货])|假(?![如设若定冒])|(?<!有)限(?![制高宽速于])|时间|刑(?![法事])|役|拘留).{0,12}多长",
        "date": r"什么时[候间刻期]|啥时候?|何时|几时|哪一?[年天月日]|哪个?(?:年份|月份?|时候|时期|时间|世纪|朝代"
        r"|年代|季节|季度|日子|日期|阶段)|何[年月日](?!以)|几[月号日点](?!内)|(?:星期|礼拜|周)几|什么(?:年代|年份"
        r"|日期|日子|朝代|季节)|多早|(?:日期|时间|年份|截止日|生日)(?:是|为|在)(?:什么|哪)?$|(?:截止|起始"
        r"|截至)(?:时间|日期)$",
        "number": r"(?<!或)(?<!多)(?<!没)(?<!没有)多少(?!有[些点]|都|少)|(?<![这那好十数上下茶无])(?<!近|前|后"
        r"|来)(?<!过去|未来"
        r"|最近)几(?=周岁|[个家名位所座条项件种辆台套处次场层部篇本张只头匹棵株枚颗艘架间栋支批类片起份对步轮组队"
        r"票集首成倍岁人分度米吨亩斤百千万亿者公国省市县级等方代环门回章节款线])(?<!哪几)|百分之几|几分之几|第几"
        r"|几比几|(?<![许很众诸更最太好差])多(?:大(?![学型陆洲数家部厅事棚企众夫连])"
        r"|高(?![校层端等科铁速新中考职素质])|远(?![程洋])|宽(?!带)|深(?![入度层化])|厚(?!重)|快(?![速好])"
        r"|长(?![期时年]|效))|有多[重低强热冷]|多大(?:程度|规模|年龄)|何等规模"
        rf"|(?:{_SIZES_ZH})(?:(?:是|为|有|达)?(?:什么|怎样|如何)?$)|(?:数量|人数|人口|面积|规模|总量|高度|长度|温度"
        rf"|年龄|比分|速度|税率|利率|总数)(?:是|为)(?:什么)?$"
        r"|(?:[^方]法定|上|下)限(?:是|为)(?:什么)?$|率(?:是|为|达到?)(?:什么)?$",
        "place": r"哪里|哪儿|(?<![如任])何处(?![理置罚分])|何地|何方|什么(?:地方|地区|城市|国家|地点|位置)"
        r"|[在去往从自位到至于]哪(?=$|[工上生出住发举度安]|里|儿)|位于哪|地处哪|哪(?:些|个|一个|几个|座|一座|几座"
        r"|两个|条|一?|几|片)?(?:主要|沿海|重点)?(?:地方|地区|区域|城市|国家|省份?|市(?!场)|县|区(?!别|分)|州|洲"
        r"|岛|山|河|江|湖|海|镇|村|港口?|街|路|大陆|大洲|国|地(?!$)|地点|位置|场所|流域|省市)|(?:地点|地址|位置"
        r"|首都|首府|所在地|产地|出生地|籍贯)(?:是|为|在)(?:什么|哪)?$",
        "name": r"谁|哪(?:一|几|两)?位|什么人|何人|何许人|哪(?:个|些|一|几个|一个)?人|(?:哪|什么)(?:个|些|一个"
        r"|几个|家|几家|一家|所|支|级|类)?(?:部门|机构|单位|机关|组织|公司|企业|大学|学校|学院|法院|政府|团体|协会"
        r"|银行|队伍?|球队|球员|人员|主体|集团|电视台|出版社|医院|委员会|党派?|作家|导演|演员|歌手|皇帝|国王|总统"
        r"|民族)|叫(?:做|作)?什么|什么名字|名(?:字|称)(?:是|叫|为)(?:什么)?|(?:姓名|作者|导演|创始人|负责人|主办方"
        r"|责任主体|发明者)(?:是|为)(?:什么)?$|(?:称|称之|名|叫)[为作](?:什么|何)|[名称]什么|(?:名|简称|全称"
        r"|(?<![型信口账])号)(?:是|为|叫)什么",
        "why": r"(?<![称名之作视看变成算叫])为(?:什么|何|啥)|何故|缘何|何以|凭什么|因何|什么原因|(?:原因|理由|缘由"
        r"|起因)(?:是|为|有|何在|在于)(?:什么|哪些|哪)?|因为什么|由于什么|干嘛|怎么会",
        "list": r"哪[些几](?!年|天|位)|(?<!没)有什么(?!用$|关系|意义|不同)|包括什么|哪[两二三四五六七八九十]"
        r"|(?:分别|都)(?:是|有)什么|什么(?:条件|措施|情形|材料|手续|要求)",
        "definition": r"^什么(?:是|叫)|何谓|^何为|[是系]?指(?:的)?(?:是)?什么|什么意思|(?:定义|含义|概念)(?:是"
        r"|为)?(?:什么|$)|^[^的]{1,10}是(?:什么|啥|什么东西)$|什么叫做",
        "how": r"怎么|怎样|(?<!无论)如何|怎么样|咋|以何种?方式|通过什么(?:方式|途径|手段|方法)|用什么(?:方式|办法"
        r"|方法)|怎",
        "yes/no": r"吗$|吗\s|是否|能否|可否|会否|有无|是不是|有没有|能不能|可不可以|可以不可以|会不会|要不要"
        r"|该不该|算不算|应不应该|需不需要|属不属于|行不行|对不对|合不合法|(?<![什怎多要那这])么$",
    },
    "en": {
        "money": r"how much (?:money|funding|tax|rent|compensation|cash|cost|investment)|how much ~(?:costs?"
        r"|pa(?:y|ys|id)|earn(?:s|ed)?|spen[dt]|charged?|fined|worth|invest(?:ed)?|owed?|donated?|sells?|sold"
        r"|raised)|how many (?:million |billion |thousand )?(?:dollars|yuan|euros|pounds|rmb)|how (?:expensive"
        r"|costly)|(?:what|which|how (?:high|big|large)) (?:(?:is|was|are|were) )?(?:the |a |an |my "
        r"|their )?(?:\w+ ){0,2}(?:price|cost|fee|fine|salary|wage|fare|rent|budget|subsidy|revenue)s?",
        "duration": rf"how long(?! (?:is|was|are|were) the (?:\w+ )*(?:rivers?|roads?|bridges?|walls?|coast\w*"
        rf"|tunnels?|border|line)\b)|how many (?:\w+ )?(?:{_TIMES_EN})(?! old)|how much (?:\w+ )?time|what (?:is"
        rf"|was) the ~(?:duration|term|time limit|validity)",
        "date": r"^when (?:exactly )?(?:is|was|are|were|am|do|does|did|will|would|can|could|may|must|shall|should"
        r"|has|have|had)|when$|(?:what|which) (?:\w+ )?(?:year|month|day|date|decade|century|era|time|season"
        r"|deadline)s?|what (?:is|was) the (?:\w+ ){0,2}(?:date|deadline|year)|how (?:soon|early|late)|(?:by "
        r"|since |until |tell me |know |say |ask )when",
        "number": r"how many|how much|how (?:large|big|high|tall|far|deep|wide|fast|heavy|old|often|hot|cold|thick"
        r"|low|great)|(?:what|which) (?:\w+ )?(?:percent(?:age)?|share|proportion|fraction|number|amount|quantity"
        r"|rate|ratio|score|size|speed|height|length|depth|weight|population|temperature|distance|total|portion"
        r"|age|percentile)|what (?:is|was|are|were|will be) (?:the|its|their) ~(?:percentage|share|proportion"
        r"|number|amount|quantity|rate|ratio|score|size|speed|height|length|depth|weight|population|temperature"
        r"|distance|total|age|area|target value)s?",
        "place": r"^where|where$|(?:what|which) (?:\w+ ){0,2}(?:city|cities|country|countries|states?|provinces?"
        r"|towns?|villages?|places?|locations?|regions?|county|counties|continents?|islands?|rivers?|streets?"
        r"|districts?|areas?|venues?|nations?)|what (?:is|was) the (?:\w+ )?(?:capital|location|address)",
        "name": r"^(?:who|whom|whose)|who$|(?:what|which) (?:\w+ ){0,2}(?:person|people|man|woman|teams?|company"
        r"|companies|organi[sz]ations?|agency|agencies|departments?|ministry|authority|authorities|institutions?"
        r"|body|university|universities|schools?|players?|authors?|king|queen|president|party|group|firm"
        r"|scientists?|names?)|what (?:is|was|were|are) (?:the|his|her|its|their) (?:\w+ ){0,2}names?"
        r"|what ~(?:called|named)$|(?:called|named) what",
        "why": r"^why|why$|for what reasons?|what (?:is|was|were|are) the (?:\w+ )?(?:reason|cause)s?"
        r"|what causes?d?|how come",
        "list": r"what are|which of|which (?:\w+ ){0,2}\w+(?<!s)s (?:are|were|have|do|did|must|can|should|will|may)"
        r"|what (?:\w+ )?(?:kinds|types|sorts|measures|steps|conditions|requirements|rights|duties|documents|factors)"
        r"|^(?:list|name) (?:the|all|two|three|some)",
        "definition": r"^what (?:is|are|was|were) (?:(?:a|an|the) )?\w+(?: (?!of|for|in|to|by)\w+){0,2}$"
        r"|what does ~mean|what is meant by|^define|definition of|what ~stand for",
        "how": r"^how|in what (?:way|manner)|by what means|how to",
        "yes/no": r"^(?:is|are|was|were|do|does|did|can|could|may(?! \d)|must|shall|should|would|has|have|had)(?:n't)?"
        r"(?= \w)|^will (?:the|there|it|they|a|i|we)|whether",
    },
    "es": {
        "money": r"cu[aá]nto (?:dinero|cuestan?|costó|costaron|valen?)|cu[aá]nto ~(?:cuestan?|costó|cobra|pag\w+"
        r"|gast\w+|gan[aóa]\w*|invirt\w+|recaud\w+)|cu[aá]ntos (?:millones de )?(?:euros|dólares|yuanes|pesos)"
        r"|cu[aá]l (?:es|era|fue|será) (?:el|la) (?:\w+ ){0,2}(?:precio|coste|costo|multa|salario|sueldo|tarifa"
        r"|presupuesto)",
        "duration": r"cu[aá]nto tiempo|cu[aá]nto (?:dur|tard)\w+|cu[aá]nt[oa]s (?:años|meses|semanas|d[ií]as|horas"
        r"|minutos|segundos|décadas|siglos)(?! ten)|cu[aá]l (?:es|era) (?:el plazo|la duración)",
        "date": r"cuándo|^cuando(?=[^\n]*\Z)|(?:qué|^que) (?:año|fecha|día|mes|siglo|década|época|momento|periodo"
        r"|período|hora)s?|cu[aá]l (?:es|fue|era) la fecha",
        "number": r"cuánt[oa]s?|^cuant[oa]s?(?! (?:antes|más|menos|a))|(?:qué|^que) (?:porcentaje|proporción|parte"
        r"|número|cantidad|tasa|altura|tamaño|edad|distancia|puntuación|resultado|velocidad|profundidad|superficie"
        r"|población|peso|longitud|fracción)|cu[aá]l (?:es|era|fue) (?:el|la|su) ~(?:porcentaje|proporción|número"
        r"|cantidad|tasa|altura|tamaño|edad|población|superficie|tasa|velocidad|distancia|longitud|temperatura"
        r"|puntuación|marcador)",
        "place": r"(?:a|de)?dónde|^donde|(?:qué|^que|cuál de las?) (?:\w+ )?(?:ciudad|país|estado|lugar|región"
        r"|provincia|río|continente|isla|zona|condado|pueblo|municipio|calle|barrio)(?:e?s)?|cu[aá]l (?:es"
        r"|era) la capital",
        "name": r"quién(?:es)?|^quien(?:es)?|(?:qué|^que) (?:\w+ )?(?:persona|empresa|compañía|equipo|organización"
        r"|organismo|universidad|escuela|autoridad|ministerio|departamento|grupo|jugador|autor|rey|presidente"
        r"|institución|entidad|científic[oa])(?:e?s)?|c[oó]mo se (?:llam|denomin|conoc)\w+|cu[aá]l (?:es|era"
        r"|fue) (?:el|su) (?:\w+ )?nombre|(?:qué|^que) nombre",
        "why": r"por qué|^por que|a qué se debe|cu[aá]l (?:es|fue|era) (?:la causa|el motivo|la razón)"
        r"|qué (?:causó|motivó|causa)|(?:qué|cuál) razón",
        "list": r"cu[aá]les|qué (?:\w+ )?\w+s (?:son|han|hay|deben|se|tienen|pueden)|qué tipos",
        "definition": r"^qu[eé] (?:es|son) (?:(?:el|la|los|las|un|una) )?\w+(?: (?!de|del|en)\w+){0,2}$"
        r"|qu[eé] (?:significa|quiere decir)|qu[eé] se entiende por|definición de",
        "how": r"cómo|^como|de qu[eé] (?:manera|modo|forma)",
        "yes/no": r"^(?:es|son|era|fue|está|están|hay|pueden?|podrían?|deben?|tienen?|ha|han|existen?|se (?:puede"
        r"|debe)n?|hace falta)",
    },
    "de": {
        "money": r"wie ?viel (?:geld|euro|dollar|yuan)|wie ?viele? ~(?:kostet\w*|gekostet|bezahl\w+|zahlt\w*"
        r"|verdien\w+|wert|ausgegeben|ausgab\w*)|wie ?viele? (?:millionen|milliarden) (?:euro|dollar|yuan)"
        r"|was kostet\w*|wie teuer|wie hoch (?:ist|war|sind|waren|wird) (?:der|die|das|ein"
        r"|eine) (?:\w+ ){0,2}\w*(?:strafe|geldbuße|bußgeld|preis|kosten|gebühr|lohn|gehalt|miete|steuer|beitrag"
        r"|einkommen|umsatz)",
        "duration": r"wie ?lange|wie ?viele? (?:jahre|monate|wochen|tage|stunden|minuten|sekunden|jahrzehnte"
        r"|jahrhunderte)n?|wie ?viel zeit|welche[rn]? (?:frist|dauer)",
        "date": r"wann|welche[mnrs]? (?:\w+ )?(?:jahr|monat|tag|datum|jahrhundert|jahrzehnt|zeit\w*|epoche)(?:e|es"
        r"|en|s)?",
        "number": r"wie ?viele?[rnm]?|wie (?:hoch|groß|weit|tief|breit|schnell|schwer|alt|oft|lang|stark|häufig)"
        r"|wievielt\w*|welche[rnms]? (?:\w+ )?(?:prozent\w*|anteil|zahl|anzahl|menge|höhe|größe|quote|summe|fläche"
        r"|temperatur|entfernung|geschwindigkeit|länge|teil|bruchteil|gewicht|einwohnerzahl)|was (?:ist|war"
        r"|beträgt) (?:der|die|das) ~(?:anteil|anzahl|prozentsatz|zahl|höhe|fläche|durchschnittsalter|temperatur"
        r"|einwohnerzahl)",
        "place": r"^wo|wohin|woher|^wo(?:hin|her)?|wo$|welche[mnrs]? (?:\w+ ){0,2}(?:\w*stadt|städten?|land"
        r"|ländern?|bundesland|bundesstaat|orte?n?|region|regionen|gegend|staat|staaten|provinz|fluss|kontinent"
        r"|insel|straße|gebiet\w*|bezirk|gemeinden?|land)(?:es|s)?",
        "name": r"^(?:wer|wen|wem|wessen)|wer$|welche[rmns]? (?:\w+ ){0,2}(?:person|firma|unternehmen|\w*behörde"
        r"|ministerium|organisation|institution|universität|mannschaft|team|\w*spieler|könig|präsident"
        r"|gesellschaft|stelle|gruppe|partei|wissenschaftler|name)(?:en|n|s)?|wie (?:heißt|hieß|heißen|hießen)"
        r"|wie lautete? der name|^wie (?:wird|wurde|werden|wurden) .*(?:genannt|bezeichnet)$|^wie nennt man"
        r"|was (?:ist|war) (?:der|sein|ihr) (?:\w+ ){0,2}(?:name|vorname|nachname)",
        "why": r"warum|weshalb|wieso|weswegen|aus welche[mn] gr[uü]nd\w*|was (?:ist|war) (?:der grund|die ursache)",
        "list": r"^welche(?= (?:\w+ )?\w+(?:en|er|e|s|n) (?:sind|waren|haben|gibt|müssen|können|dürfen|sollen"
        r"|werden|wurden|gehören))|was (?:sind|waren) (?:die|einige|zwei|drei)|welche arten",
        "definition": r"^was (?:ist|sind) (?:(?:ein|eine|der|die|das) )?\w+(?: \w+)?$|was bedeutet"
        r"|was versteht man unter|definition",
        "how": r"^wie|auf welche (?:weise|art)|wodurch|womit",
        "yes/no": r"^(?:ist|sind|war|waren|hat|haben|kann|können|darf|dürfen|muss|müssen|soll\w*|wird|werden"
        r"|gibt es|gilt|gelten|besteht)",
    },
    "fr": {
        "money": r"combien (?:d'argent|d'euros|de (?:millions d'euros|dollars|yuans?))|combien ~(?:coût\w*|cout\w*"
        r"|pay\w+|gagn\w+|dépens\w+|vaut|valait)|quel(?:le)?s? (?:est|était|sont) (?:le |la |les "
        r"|l')(?:\w+ ){0,2}(?:prix|coût|cout|amende|salaire|loyer|tarif|frais|budget)",
        "duration": r"combien de temps|combien d'(?:années?|ans|heures)|combien de (?:mois|semaines|jours|minutes"
        r"|secondes|décennies|siècles)|quel(?:le)? (?:est|était) (?:la durée|le délai)",
        "date": r"^quand(?=[^\n]*\Z)|quand$|depuis quand|quel(?:le)?s? (?:\w+ )?(?:année|date|jour|mois|siècle"
        r"|époque|décennie|moment|saison|heure)s?|quelle (?:est|était|fut) la date",
        "number": r"combien|quel(?:le)? (?:est |était |fut )?(?:le |la |l')?(?:\w+ ){0,2}(?:pourcentage|proportion"
        r"|part|nombre|quantité|taux|taille|hauteur|âge|distance|superficie|population|score|vitesse|profondeur"
        r"|température|longueur|poids)",
        "place": r"^où|^d'où|où$|quel(?:le)?s? (?:\w+ )?(?:ville|pays|état|lieu|endroit|région|province|fleuve"
        r"|continent|île|rue|département|commune|zone)s?|quelle (?:est|était) la capitale",
        "name": r"^qui|qui$|quel(?:le)?s? (?:\w+ )?(?:personne|entreprise|société|organisation|organisme|autorité"
        r"|ministère|université|école|équipe|joueur|roi|président|institution|groupe|auteur|parti)s?"
        r"|comment s'appel\w+|comment se nomm\w+|comment appelle-t-on|quel (?:est|était) (?:le|son) (?:\w+ )?nom",
        "why": r"pourquoi|pour quelles? raisons?|quelle (?:est|était) la (?:cause|raison)",
        "list": r"quel(?:le)?s sont|quel(?:le)?s \w+",
        "definition": r"^qu'est[- ]ce qu(?:e |')(?:c'est qu(?:e |'))?(?:le |la |l'|les |un |une )?\w+(?: (?!de|du"
        r"|des)\w+){0,2}$|que (?:signifie|veut dire)|définition de|qu'entend-on par",
        "how": r"^comment|de quelle (?:manière|façon)",
        "yes/no": r"^est[- ]ce qu(?:e|'\w+)|^(?:peut|doit|faut|est|sont|a|ont|existe|y a)-(?:t-)?(?:il|elle|on|ils"
        r"|elles)",
    },
    "pt": {
        "money": r"quanto (?:dinheiro|custam?|custou|vale)|quanto ~(?:custam?|custou|pag\w+|gast\w+|ganh\w+)"
        r"|quantos (?:milhões de )?(?:euros|dólares|reais)|qual (?:é|era|foi) (?:o|a) (?:\w+ ){0,2}(?:preço|custo"
        r"|multa|salário|tarifa|orçamento)",
        "duration": r"quanto tempo|quant[oa]s (?:anos|meses|semanas|dias|horas|minutos|segundos|décadas"
        r"|séculos)(?! t[eêi])|qual (?:é|era) (?:o prazo|a duração)",
        "date": r"^quando(?=[^\n]*\Z)|quando$|(?:que|qual) (?:ano|data|dia|mês|século|década|época)|qual (?:é|foi"
        r"|era) a data",
        "number": r"quant[oa]s|^quant[oa](?! (?:a|à|ao|mais|menos) )|(?:que|qual) (?:(?:é|era"
        r"|foi) [oa] )?(?:\w+ )?(?:percentagem|porcentagem|percentual|proporção|parcela|número|quantidade|taxa"
        r"|altura|tamanho|idade|distância|área|população|velocidade)",
        "place": r"^(?:a|d)?onde|onde$|(?:que|qual|quais) (?:\w+ )?(?:cidade|país|estado|lugar|região|província"
        r"|rio|continente|ilha|município)(?:e?s)?|qual (?:é|era) a capital",
        "name": r"^quem|quem$|(?:que|qual) (?:\w+ )?(?:pessoa|empresa|organização|órgão|autoridade|ministério"
        r"|universidade|equip[ea]|instituição)|como se cham\w+|qual (?:é|era) (?:o|seu) (?:\w+ )?nome",
        "why": r"^por que|por quê|^porqu[eê]|por qual (?:razão|motivo)|qual (?:é|foi|era) (?:a causa|a razão"
        r"|o motivo)",
        "list": r"quais|que tipos",
        "definition": r"^o que (?:é|são) (?:(?:o|a|os|as|um|uma) )?\w+(?: (?!de|do|da)\w+){0,2}$"
        r"|o que (?:significa|se entende por)|definição de",
        "how": r"^como|de que (?:maneira|modo|forma)",
        "yes/no": r"^(?:é|são|foi|era|pode\w*|deve\w*|há|existe\w*|tem|está)",
    },
    "it": {
        "money": r"quanto (?:denaro|costa\w*|vale)|quanto ~(?:cost\w+|pag\w+|spes\w+|guadagn\w+)"
        r"|quanti (?:milioni di )?(?:euro|dollari|yuan)|qual(?:'|e)? ?(?:è|era|fu) (?:il |la |l'"
        r"|lo )(?:\w+ ){0,2}(?:prezzo|costo|multa|sanzione|stipendio|canone|tariffa)",
        "duration": r"quanto tempo|quanto dur\w+|quant[ie] (?:anni|mesi|settimane|giorni|ore|minuti|secondi"
        r"|decenni|secoli)(?! (?:ha|aveva))|qual(?:'|e)? ?(?:è|era) (?:la durata|il termine)",
        "date": r"^quando(?=[^\n]*\Z)|quando$|(?:che|quale) (?:anno|data|giorno|mese|secolo|decennio|epoca)"
        r"|qual(?:'|e)? ?(?:è|era|fu) la data",
        "number": r"quant[ie]|^quant[oa]|(?:che|quale|qual) (?:(?:è|era|fu) (?:il |la "
        r"|l'))?(?:\w+ )?(?:percentuale|quota|proporzione|numero|quantità|tasso|altezza|età|distanza|superficie"
        r"|popolazione|velocità)",
        "place": r"^dove|^dov'è|dove$|da dove|(?:che|quale|quali) (?:\w+ )?(?:città|paese|paesi|stato|luogo"
        r"|regione|regioni|provincia|fiume|continente|isola|comune)|qual(?:'|e)? ?(?:è|era) la capitale",
        "name": r"^chi|chi$|(?:che|quale) (?:\w+ )?(?:persona|azienda|società|organizzazione|ente|autorità"
        r"|ministero|università|squadra|istituzione)|come si chiam\w+|qual(?:'|e)? ?(?:è|era) il (?:\w+ )?nome",
        "why": r"^perch[eéè]|per quale (?:motivo|ragione)|qual(?:'|e)? ?(?:è|era|fu) (?:la causa|il motivo"
        r"|la ragione)",
        "list": r"quali",
        "definition": r"^(?:che )?cos(?:'|a )(?:è|sono) (?:(?:il|lo|la|i|gli|le|un|una) |l'|un')?\w+(?: (?!di|del"
        r"|della)\w+){0,2}$|(?:che )?cosa (?:significa|vuol dire)|definizione di",
        "how": r"^come|in (?:che|quale) modo",
        "yes/no": r"^(?:è|sono|può|possono|deve|devono|c'è|ci sono|ha|hanno|esiste|esistono)",
    },
    "ro": {
        "money": r"c[aâ]t (?:costă|costa|valorează)|c[aâ]ți bani|c[aâ]t ~(?:cost\w+|plăt\w+|câștig\w+)"
        r"|care (?:este|e|era) (?:\w+ )?(?:prețul|costul|amenda|salariul|taxa)",
        "duration": r"c[aâ]t timp|c[aâ]t durează|c[aâ](?:ți|ti|te) (?:ani|luni|săptămâni|zile|ore|minute|secunde"
        r"|decenii|secole)|care (?:este|e) (?:durata|termenul)",
        "date": r"^c[aâ]nd|când$|ce (?:an|dată|zi|lună|secol|deceniu|perioadă)|care (?:este|a fost) data",
        "number": r"c[aâ](?:ți|ţi|ti|te|tă)|^c[aâ]t|ce (?:procent|proporție|parte|număr|cantitate|pondere"
        r"|suprafață|înălțime|vârstă)|care (?:este|e|era|a fost) (?:\w+ )?(?:procentul|ponderea|numărul|rata"
        r"|suprafața|populația)",
        "place": r"^unde|unde$|ce (?:oraș|țară|loc|regiune|județ|localitate|provincie)|care (?:este|e) capitala",
        "name": r"^cine|^cui|cine$|ce (?:persoană|companie|instituție|autoritate|minister|organizație|universitate"
        r"|echipă)|cum se (?:numește|numea|cheamă)",
        "why": r"^de ce|din ce (?:cauză|motiv)|care (?:este|a fost) (?:cauza|motivul)",
        "list": r"care sunt|ce fel de",
        "definition": r"^ce (?:este|e|sunt|înseamnă) (?:un |o )?\w+(?: \w+){0,2}$|definiția",
        "how": r"^cum|în ce (?:mod|fel)",
        "yes/no": r"^(?:este|sunt|poate|pot|trebuie|există|are|au|se poate)",
    },
}
