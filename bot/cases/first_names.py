"""Common first names, so that a name written in small letters, or at the head of a sentence, is known as one.

Names that are everyday words as well ("will", "mark", "rose") stand apart: they count only where the words around say so.
"""

FIRST_NAMES = frozenset(
    """
    aaron abdul abdullah abigail adam aditya adrian agnes ahmad ahmed aisha alan albert alejandro alex alexander alexandra alexis alfred
    ali alice alicia alison allison amanda amelia amir amit amy ana anand andre andrea andreas andrew andy angela angelina anil anita
    anjali ann anna anne annie anthony antonio anton arjun arthur arun ashley ashok audrey austin ava barbara barry beatrice ben
    benjamin bernard beth betty beverly bob bobby boris brandon brenda brian bruce bryan caleb cameron camila carl carla carlos
    carmen caroline catherine cathy cecilia chandra charles charlie charlotte chen cheryl chloe chris christina christine christopher
    cindy claire clara claudia colin connor craig cynthia dan daniel daniela danny daria darren dave david deborah deepak
    denise dennis derek diana diane diego dmitri dominic donald donna doris dorothy douglas duncan dylan ed eddie edith edward
    eileen elaine eleanor elena elias elijah elizabeth ella ellen ellie elsa emily emma emmanuel eric erica erik erin ernest esther
    ethan eva evelyn farah fatima felix fernando fiona florence frances francesca francis francisco fred frederick gabriel gabriela
    gareth gary gavin geoff geoffrey george georgia gerald gina giovanni gita gloria gordon graham greg gregory hamza hana hannah
    hans harold harriet harry hassan hazel heather heidi helen helena henry howard hugh hugo hussein ian ibrahim imran ingrid irene
    isaac isabel isabella isla ismail ivan jacob jacqueline jake james jamie jan jane janet janice jared jason javier jeff
    jeffrey jennifer jenny jeremy jerry jesse jessica jill jim jimmy joan joanna joanne joe joel johannes john johnny jonas jonathan
    jordan jorge jose joseph josh joshua juan juanita judith judy julia julian julie justin kamal karen karim karl kate katherine
    kathleen kathryn kathy katie kavita keith kelly ken kenneth kevin khalid kieran kim kimberly kiran kirsten krishna kristen kumar
    kyle lakshmi lara larry laura lauren lawrence leah lee leila leo leon leonard leslie lewis liam lillian linda lisa liz logan
    lorraine louis louise lucas lucia lucy luis lukas luke lydia lynn madison malcolm manish manuel marcel marco marcus margaret
    maria mariam marie marilyn mario marion marta martha martin marvin mary mateo matteo matt matthew maureen maurice megan
    mehmet melanie melissa mia michael michelle miguel mike mila milan mina mohamed mohammad mohammed mohan molly monica monika
    morgan muhammad murray nadia nancy naomi natalia natalie natasha nathan neha neil nicholas nick nicola nicole nigel nikhil nina
    noah nora norma norman oliver olivia omar oscar owen pablo pamela patricia patrick paul paula pauline pedro peter philip
    phillip phyllis pierre pooja prakash pradeep preeti priya rachel rafael rahul raj rajesh rakesh ralph ramesh ravi raymond rebecca
    reena reza rhys ricardo richard rita robert roberto robin rodney roger rohan rohit ron ronald rosa rosemary roy russell ruth
    ryan sabrina sally sam samantha samir samuel sandeep sandra sanjay sanjeev sara sarah scott sean sebastian sergei sergio shane
    shannon sharma sharon shaun shauna sheila shirley sidney simon simone singh sofia sonia sophia sophie stanley stefan stella stephanie
    stephen steve steven stuart sunil sunita suresh susan suzanne sven sylvia tamara tania tanya tara ted teresa terry theo
    theodore theresa thomas tim timothy tina todd tom tommy tony tracy trevor tyler uma usha valerie vanessa vera veronica vicky
    victoria vijay vikram vincent vinod viola virginia vivian vladimir walter wanda warren wayne wendy wesley william xavier yasmin
    yusuf yvonne zachary zara zoe
    """.split()
)
ALSO_WORDS = frozenset(
    """
    amber angel april art bill carol chase chip christian cliff crystal dale dawn dean don drew eve faith frank gene glen grace grant
    guy heath holly hope iris ivy jack jasmine jean joy june lance mark max may miles pat pearl penny randy ray rich rob rose ruby
    sandy skip sue summer victor will
    """.split()
)
