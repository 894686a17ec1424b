"""Word lists: titles, roles, groups and bodies as news names them. All in small letters."""

from __future__ import annotations

from collections.abc import Sequence

from whipcount.reading.names import ORGANISATION_WORDS


def listed(words: str) -> frozenset[str]:
    """Return the words of a list that is written with spaces between them."""
    return frozenset(words.split())


MALE_TITLES = listed("mr mr. sir lord father fr fr. brother king prince duke monsignor herr señor monsieur")
FEMALE_TITLES = listed("mrs mrs. ms ms. miss dame lady madam sister queen princess duchess baroness frau señora madame")
MALE_NOUNS = MALE_TITLES | listed(
    "husband son boyfriend widower grandfather grandson stepfather stepson stepbrother uncle nephew godfather dad man boy gentleman "
    "congressman businessman policeman monk patriarch headmaster"
)
FEMALE_NOUNS = FEMALE_TITLES | listed(
    "wife mother daughter girlfriend widow grandmother granddaughter stepmother stepdaughter stepsister aunt niece godmother mum mom girl "
    "actress heiress heroine hostess mayoress empress countess nun matriarch abbess prioress headmistress"
)
TITLES = (
    MALE_TITLES
    | FEMALE_TITLES
    | listed(
        "dr dr. prof prof. professor rev rev. reverend hon hon. cllr cllr. councillor councilman councilwoman sen sen. sens sens. senator "
        "rep rep. reps reps. representative congressman congresswoman gov gov. governor lt lt. lieutenant col col. colonel gen gen. "
        "general capt capt. captain sgt sgt. sergeant maj maj. major cmdr commander admiral adm. atty atty. pres pres. president premier "
        "chancellor mayor justice judge pope cardinal archbishop bishop dean rabbi imam sheikh pastor vicar canon deacon archdeacon "
        "ayatollah emir sultan emperor empress count countess earl baron ambassador detective inspector constable officer agent doctor "
        "senators representatives presidents ministers messrs messrs. councillors justices "
        "mp msp mep ag ald. alderman supt superintendent abbot abbess prior prioress nurse"
    )
)

ROLE_NOUNS = TITLES - listed(
    "mr mr. mrs mrs. ms ms. miss sir dr dr. dr rev rev. hon hon. fr fr. general father sister brother count prior canon agent"
) | listed(
    "leader secretary minister spokesman spokeswoman spokesperson chairman chairwoman chair chairperson chief director manager treasurer "
    "speaker whip candidate nominee lawmaker attorney counsel adviser advisor aide strategist prosecutor commissioner comptroller auditor "
    "founder co-founder owner editor publisher columnist commentator coach captain executive ceo cfo organiser organizer convener convenor "
    "coordinator ombudsman envoy negotiator lawyer solicitor barrister economist analyst sheriff marshal warden headteacher headmaster "
    "headmistress principal provost rector vice-chancellor registrar deputy premier taoiseach tanaiste frontrunner incumbent "
    "challenger opponent rival predecessor successor host author pollster lobbyist magistrate clerk moderator president-elect "
    "mayor-elect backbencher lead head boss ex-president vice-president vice-chairman vice-chair chaplain choirmaster conductor "
    "curator librarian harbourmaster skipper foreman matron surgeon physician scientist engineer architect activist campaigner "
    "priest organist trustee governor-general monarch dictator strongman watchdog regulator inspector-general "
    "undersecretary under-secretary alderwoman assemblyman assemblywoman delegate congressman congresswoman steward ringmaster "
    "stationmaster keeper chieftain elder returning-officer mediator arbitrator referee umpire lawmaker politician mogul tycoon "
    "billionaire businessman businesswoman journalist reporter historian pilot farmer archivist veterinarian bursar"
)  # fmt: skip
SURNAME_ROLES = listed("king bishop dean pope prince judge major justice page marshal mayor baron earl duke abbot chancellor warden clerk "
                       "priest steward head farmer count general elder cook")  # fmt: skip
"""Roles that are surnames too: "Martin King" is a name."""
ROLE_PARTS = listed(
    "prime vice deputy attorney general majority minority first second lord lady acting interim shadow former ex then chief junior senior "
    "foreign home defence defense interior finance health education transport justice labor labour treasury trade energy environment "
    "agriculture press foreign national state executive managing assistant associate special district county city federal "
    "under-secretary permanent chairman independent opposition"
)
"""Words that go before a role without being a name."""
DISTINCT_PARTS = listed("former ex then acting interim deputy vice shadow assistant associate vice- lieutenant junior")
"""A role with one of these is another role than that without it."""
SAME_ROLES = {
    "chairman": "chair", "chairwoman": "chair", "chairperson": "chair", "spokesman": "spokesperson", "spokeswoman": "spokesperson",
    "advisor": "adviser", "lawyer": "attorney", "sen.": "senator", "gov.": "governor", "rep.": "representative", "sen": "senator",
    "gov": "governor", "rep": "representative", "congressman": "representative", "congresswoman": "representative", "cllr": "councillor",
    "boss": "chief", "head": "chief", "pres.": "president", "prof": "professor", "prof.": "professor", "premier": "minister",
    "organizer": "organiser",
}  # fmt: skip

ROLE_VERBS = {
    "chairs": "chair", "heads": "head", "leads": "leader", "captains": "captain", "coaches": "coach",
    "edits": "editor", "owns": "owner", "manages": "manager", "directs": "director", "founded": "founder",
}  # fmt: skip
"""What somebody is who does it to something: "Quill, who chairs the board", not "Quill heads to the board"."""

PEOPLE_NOUNS = listed(
    "mps msps meps members leaders voters lawmakers legislators senators congressmen congresswomen representatives councillors "
    "councilors ministers officials aides advisers advisors activists campaigners critics supporters opponents allies backers donors "
    "delegates candidates challengers rivals conservatives liberals progressives moderates centrists socialists nationalists unionists "
    "republicans democrats independents tories greens leftists rightists radicals hardliners rebels loyalists backbenchers frontbenchers "
    "workers employees staffers teachers nurses doctors students pupils parents families residents tenants villagers farmers fishermen "
    "drivers miners dockers pilots firefighters officers soldiers veterans troops citizens americans immigrants migrants refugees "
    "protesters protestors demonstrators strikers marchers unions businesses companies employers investors taxpayers consumers "
    "customers prosecutors investigators detectives agents regulators inspectors lawyers attorneys judges justices jurors economists "
    "experts analysts scientists researchers academics professors scholars historians journalists reporters editors pundits "
    "commentators columnists pollsters strategists lobbyists christians evangelicals muslims jews catholics hindus buddhists sikhs "
    "protestants bishops priests clergy pastors parishioners worshippers monks nuns women men blacks whites latinos hispanics gays "
    "lesbians minorities feminists abolitionists environmentalists ranchers landlords owners homeowners shopkeepers traders merchants "
    "bankers executives directors managers trustees governors mayors commissioners diplomats ambassadors envoys negotiators allies "
    "militants terrorists extremists insurgents jihadists separatists islamists russians iranians israelis palestinians europeans "
    "mexicans chinese syrians iraqis ukrainians cubans afghans britons germans saudis koreans libyans turks groups organisations "
    "organizations charities advocates libertarians populists millennials seniors retirees pensioners youths gangs guards "
    "sheriffs cops policemen constables mothers fathers survivors victims relatives gun-owners hunters fans players coaches athletes "
    "singers choristers musicians bell-ringers bellringers ringers actors artists writers librarians curators crews sailors volunteers "
    "shareholders creditors insurers manufacturers retailers brewers growers vendors stallholders neighbours neighbors locals "
    "islanders townspeople southerners northerners people elites superdelegates defenders hecklers colleagues caucuses states nations "
    "cardinals deacons elders synods whistleblowers contractors engineers porters cleaners caretakers apprentices graduates lecturers "
    "dissidents defectors deputies peers lords royals cyclists motorists commuters passengers anglers fishers skippers "
    "foresters beekeepers drovers herders shepherds couriers electors constituents followers loyalists sceptics skeptics "
    "plaintiffs defendants prisoners inmates opponents hawks doves aldermen statesmen organisers organizers executives"
)
"""Plurals that are groups which act, say or are judged."""
PERSON_NOUNS = listed(
    "parent teacher nurse student pupil resident villager tenant neighbour neighbor shopkeeper firefighter soldier veteran driver miner "
    "fisherman volunteer survivor actor actress singer writer artist musician player athlete worker researcher protester"
)
"""What stands before a name as titles do: "Parent Ada Quill"."""
COLLECTIVES = listed(
    "membership leadership opposition public electorate police staff clergy workforce establishment left right government administration "
    "cabinet party council parliament legislature congress senate house committee coalition commission union board court ministry "
    "department agency campaign army military caucus regime federation association company firm trust bank club league charity museum "
    "foundation institute university college school church diocese synod chapter choir guild society authority bureau office "
    "assembly alliance movement front bloc faction panel inquiry inspectorate tribunal watchdog regulator group organisation "
    "organization conference corporation branch forum laboratory hospital theatre orchestra newspaper bishopric consistory cooperative "
    "co-operative collective secretariat senate jury team crew delegation band lodge order academy fund observatory press middle-class"
)  # fmt: skip
"""Singulars that are a body of people."""
STANDING = listed(
    "government administration opposition police membership leadership electorate public establishment cabinet parliament legislature "
    "congress senate military army council coalition party campaign clergy"
)
"""Bodies that are an actor although no name is given, whatever they do."""
SAME_BODIES = {
    "firm": "company",
    "organization": "organisation",
    "newspaper": "paper",
    "corporation": "company",
    "administration": "government",
    "membership": "members",
}

METONYMS = {
    "White House": "", "Downing Street": "", "Number 10": "Downing Street", "No 10": "Downing Street", "No. 10": "Downing Street",
    "Kremlin": "Russia", "Pentagon": "Department of Defense", "Capitol Hill": "Congress", "Wall Street": "", "Whitehall": "",
    "Holyrood": "", "Stormont": "", "Westminster": "", "Foggy Bottom": "Department of State", "Élysée": "", "Vatican": "", "Holy See": "",
    "K Street": "", "Silicon Valley": "", "Buckingham Palace": "", "Fleet Street": "", "Scotland Yard": "", "Hollywood": "",
}  # fmt: skip
"""Places that stand for who works there, each with the body that it is a name of, if another."""
CAPITALS = {
    "Washington": "United States", "Moscow": "Russia", "Beijing": "China", "Tehran": "Iran", "Kyiv": "Ukraine", "Kiev": "Ukraine",
    "Damascus": "Syria", "Riyadh": "Saudi Arabia", "Pyongyang": "North Korea", "Seoul": "South Korea", "Tokyo": "Japan",
    "Berlin": "Germany", "Paris": "France", "London": "United Kingdom", "Rome": "Italy", "Madrid": "Spain", "Ankara": "Turkey",
    "Jerusalem": "Israel", "Baghdad": "Iraq", "Kabul": "Afghanistan", "Islamabad": "Pakistan", "Delhi": "India", "New Delhi": "India",
    "Cairo": "Egypt", "Havana": "Cuba", "Caracas": "Venezuela", "Ottawa": "Canada", "Canberra": "Australia", "Brussels": "European Union",
    "Dublin": "Ireland", "Warsaw": "Poland", "Budapest": "Hungary", "Athens": "Greece", "Taipei": "Taiwan",
}  # fmt: skip

SPEECH_VERBS = listed(
    "said says say saying told tells tell telling argued argues argue arguing added adds add warned warns warn claimed claims claim "
    "called calls call insisted insists insist urged urges urge accused accuses accuse blamed blames blame criticised criticized "
    "criticizes criticises praised praises praise condemned condemns condemn denounced denounces denounce announced announces announce "
    "demanded demands demand denied denies deny backed backs back opposed opposes oppose supported supports support rejected rejects "
    "reject voted votes vote wrote writes write tweeted asked asks ask replied replies reply answered answers answer declared "
    "declares declare defended defends defend attacked attacks attack vowed vows vow promised promises promise thanked thanks thank "
    "welcomed welcomes welcome believe believes believed think thinks thought want wants wanted described describes describe "
    "suggested suggests suggest noted notes note stated states state charged complained complains complain agreed agrees agree "
    "disagreed endorsed endorses endorse hailed slammed blasted mocked ridiculed dismissed pledged refused sought pressed joked "
    "conceded acknowledged admitted maintained countered contended explained remarked observed lamented hope hopes hoped fear fears"
)
NO_FIRST_NAMES = (SPEECH_VERBS | COLLECTIVES) - listed("hope") | listed(
    "absent after also although always and anti as because before both but despite even ex how however if instead like meanwhile more most "
    "never not now once only post pro since so still than that then though unlike until what when while why with without yet "
    "beat beats defeats electing elect loves meets read see watch wins won"
)
"""What begins a sentence or a headline right before a surname and is nobody's first name."""
CALENDAR = listed(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october "
    "november december christmas easter lent advent"
)
BODY_WORDS = (
    frozenset(ORGANISATION_WORDS)
    | COLLECTIVES - listed("right left order band team staff public house press")
    | listed(
        "seminary library infirmary abbey monastery convent fellowship brotherhood tramways railways airlines estates holdings radio "
        "television archdiocese legion lobby union unions centre center network initiative project-group consortium syndicate junta "
        "elementary"
    )
)
VAGUE = listed(
    "people americans members reporters others companies states nations groups women men families officials leaders organisations "
    "organizations"
)
"""Groups that a bare noun does not tell apart."""
THINGS = listed(
    "obamacare medicare medicaid twitter act bill plan deal agreement treaty amendment constitution day week month street road avenue lane "
    "river bridge square war award prize cup medal report budget referendum election primary convention summit inquiry dossier memo "
    "doctrine law code clause programme program project fair festival tour hurricane storm election internet web english "
    "french covid brexit bible quran koran testament cathedral stadium park station airport island islands bay lake mountain hill "
    "state states century era age god christ heaven youtube facebook instagram mr mrs ms dr sir lord tv d.c. dc"
)
"""Last words of names that name no actor."""


def told_gender(words: Sequence[str]) -> str:
    """Return "m" or "f" where a title or the noun of a role, in small letters, tells; a lord mayor may be a woman."""
    if not words:
        return ""
    telling = {words[-1]} if words[0] == "lord" else {words[0], words[-1]}
    if telling & FEMALE_NOUNS or words[-1].endswith("woman"):
        return "f"
    return "m" if telling & MALE_NOUNS else ""
