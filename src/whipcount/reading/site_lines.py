"""How the lines of news sites read that are no part of an article; each pattern is for a whole line."""

from __future__ import annotations

import re


def _any_of(*patterns: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), flags)


NETWORK = (
    "facebook|twitter|x|whats ?app|linked ?in|reddit|e-?mail|pinterest|telegram|messenger|bluesky|threads|instagram|youtube|tiktok|"
    "mastodon|flipboard|google news"
)
KIND = "(?:articles?|stor(?:y|ies)|topics?|news|content|links?|coverage|reading|posts?|items?|headlines|videos?)"
NAME = r"[A-Z][\w.’'-]+(?:\s+(?:[A-Z][\w.’'-]*|de|van|von|der|al|bin|la)){1,3}"
PLACE = r"[A-Z][\w ]{2,30}"
ROLE = "(?:editor|correspondent|reporter|writer|columnist|commentator|producer|photographer|journalist|blogger|staff|bureau chief)"
JOB = rf"(?:[\w’'-]+\s+){{0,4}}{ROLE}(?:\s+(?:in|at|for|of)\s+[\w\s’'-]{{2,30}})?"
AGENCY = r"(?:AP|AFP|PA|EPA|EFE|Reuters|Getty(?: Images)?|Shutterstock|Alamy|iStock|Bloomberg|Rex|Press Association|Associated Press)"
UNQUOTED = r"[^“”\"]"

HEADING = _any_of(
    r"more from [^.!?,]{2,60}|more (?:on|about|in) [^.!?,]{2,40}",
    r"more (?:stories|news|coverage|headlines|like this|to read)",
    rf"(?:read|see|watch|view) (?:more|next|also|now|this next|all)(?: (?:from|on|about|in|{KIND})\b[^.!?,]{{0,50}})?",
    r"(?:also|must|now|keep|what to|recommended|further|essential|more|suggested) read(?:ing|s| next)?",
    rf"related(?: {KIND})?|recommended(?: for you| {KIND})?",
    r"(?:the )?(?:most|top) (?:read|viewed|popular|shared|commented|stories|headlines|news|videos)(?: (?:today|now|this week|"
    r"in [\w ]{2,30}))?",
    rf"(?:trending|popular|latest)(?: (?:now|today|{KIND}))?",
    r"you (?:may|might|’ll|'ll|will|could) (?:also )?(?:like|be interested in|enjoy)(?: (?:these|this|reading))?",
    r"don[’']t miss|editor[’']?s[’']? (?:picks?|choice)|in other news|up next|in case you missed it|from our partners",
    r"(?:from )?around the (?:web|network)|from the web|on this story|(?:previous|next) (?:article|story|post)|in this (?:story|article)",
)
"""What announces the headlines of other articles."""

POINTER = _any_of(
    r"(?:read (?:more|also|next)|also read|see also|related|recommended|more on this(?: story| topic)?|don[’']t miss|in pictures|"
    rf"further reading|also in (?:this issue|today[’']s (?:issue|paper)))(?: {KIND})?\s*[:|»>–—-]\s*\S.*",
    r"(?:read|see) (?:the )?(?:full|whole|complete|original) (?:story|article|interview|report|text|statement)(?: (?:here|on|in|"
    r"at)\b[^.!?,]{0,40})?",
    r"continue reading(?: below)?(?: the main story)?",
    rf"click here (?:to|for)\b{UNQUOTED}{{0,100}}",
)
"""What points at one other article."""

SHOUTED_POINTER = _any_of(
    r"(?:WATCH|LISTEN|VIDEO|PHOTOS?|GALLERY|MORE|READ|READ MORE|RELATED)(?: NOW| LIVE)?\s*[:|»>]\s*[^.]{3,150}", flags=0
)

BOX = _any_of(
    r"(?:please )?(?:sign[ -]?up|subscribe|register)(?: (?:here|now|today|free|below|for free))?[.!]?",
    rf"(?:please )?(?:sign[ -]?up|subscribe|register)\b{UNQUOTED}*\b(?:news ?letters?|e-?mails?|inbox|updates|alerts|briefings?|"
    rf"bulletins?|podcasts?|"
    rf"channel|feed|rss|our site|whatsapp|(?:continue|keep) reading|unlimited|(?-i:(?:to|from) (?:the|"
    rf"our) [A-Z][\w ]{{2,30}}))\b{UNQUOTED}*",
    rf"(?:get|receive|want|like)\b{UNQUOTED}*\b(?:news ?letters?|(?:in|to) your inbox|push alerts)\b{UNQUOTED}*",
    rf"(?:enjoy(?:ing|ed)?|like) this (?:article|story)\?{UNQUOTED}*",
    r"(?:(?:our|the|free|daily|weekly|morning|evening) (?:[\w’']+ ){0,3})?news ?letters?(?: sign[ -]?up)?",
    rf"(?:follow|like|find|join) (?:us|me|our (?:whatsapp|facebook|telegram|mailing)[\w ]*)(?: (?:on|at|via|here|today|"
    rf"now)\b{UNQUOTED}{{0,100}})?[.!]?",
    rf"follow [^.“”\"]{{2,50}} on (?:{NETWORK})\b{UNQUOTED}{{0,80}}",
    rf"(?:enter )?(?:your )?e-?mail(?: address)?\W*|enter your e-?mail\b{UNQUOTED}{{0,60}}",
    rf"(?:already (?:have an account|a (?:subscriber|member))|not a (?:subscriber|member))\b{UNQUOTED}{{0,60}}",
    r"(?:log|sign) ?in(?: (?:here|now|to (?:your account|comment|continue|read)[\w ]{0,30}))?[.!]?",
    rf"become a (?:subscriber|supporter|member)(?: (?:today|now|here|for (?:only|just|free|as little)|from)\b{UNQUOTED}{{0,60}})?[.!]?",
    rf"(?:support|donate to|help fund) (?:our|independent|quality) (?:journalism|reporting|newsroom|journalists)\b{UNQUOTED}{{0,80}}",
    rf"(?:thanks|thank you) for (?:subscribing|signing up|reading|registering)\b{UNQUOTED}{{0,80}}",
    rf"download (?:our|the) (?:free |new |[\w’']+ )?apps?\b{UNQUOTED}{{0,80}}",
    rf"(?:have|got|do you have) (?:a |any )?(?:news |confidential )?(?:tips?|story for us)\?{UNQUOTED}{{0,120}}",
)
"""Newsletters, subscriptions, accounts."""

SHARE = _any_of(
    r"(?:share|tweet|e-?mail|print|save|bookmark|like|gift|rate|listen to) this (?:article|story|page|post)",
    rf"(?:share|tweet|e-?mail|print|save|post|send)(?: (?:this|the))?(?: (?:article|story|page|post))?"
    rf" (?:on|via|by|to|with) (?:a friend|friends|your friends|(?:{NETWORK})(?:(?:,| and|,? or) (?:{NETWORK}))*)[.!]?",
    rf"(?:(?:share|tweet|print|copy link|link|comments?|save|on|via|close|{NETWORK})[\s,|/·•+]*){{1,12}}",
    r"\d[\d.,]*[km]?\s+(?:shares?|likes?|views?|retweets?|reactions?|reads)",
)

COMMENTS = _any_of(
    r"(?:\d[\d.,]*k?|no|all|(?:view|show|hide|load|read|see)(?: all)?(?: \d+)?|(?:leave|post|write|add) (?:a|your)) comments?",
    r"comments?(?: ?\(\d+\)| \d+)?|comments (?:are (?:now )?(?:closed|off)|have been (?:closed|disabled))\.?",
    r"(?:join|start) the (?:conversation|discussion|debate)[.!]?|leave a reply|have your say|what do you think\?",
)

LEGAL = _any_of(
    r"(?:©|\(c\)|copyright (?:©|\(c\)|\d{4}|(?-i:[A-Z]\w+) (?:\w+ ){0,3}\d{4}|notice)).{0,200}",
    rf"(?:{UNQUOTED}{{0,80}}\W)?all rights reserved\b.{{0,150}}",
    r"this material may not be published, broadcast.{0,100}",
    r"(?:we|(?:this|our) (?:web)?site)(?: and our partners)? uses? cookies (?:to|and|for|on)\b.{0,300}",
    rf"by (?:continuing|using|clicking|signing up|subscribing|submitting)\b{UNQUOTED}{{0,120}}\b(?:cookies|privacy (?:policy|"
    rf"notice)|terms)\b"
    rf"{UNQUOTED}{{0,120}}",
    r"(?:accept|reject|manage|allow)(?: all)? cookies|cookie (?:policy|settings|preferences)|privacy (?:policy|notice)",
    r"terms (?:of (?:use|service)|(?:and|&) conditions)(?: apply)?\.?",
)

NAVIGATION = _any_of(
    r"(?:this )?(?:advertisement|advert|ad|sponsored(?: (?:content|posts?|links?|by [\w ]{2,30}))?|paid (?:post|content)|"
    r"promoted(?: content)?|"
    r"partner content|advertorial|advertise with us)(?:\s*[-–—|:.]\s*(?:continue|scroll|story|article)[^.]{0,60})?",
    r"(?:article|story|content) continues (?:below|after)\b[^.,]{0,50}|scroll down to continue[\w ]{0,30}",
    r"skip (?:to (?:main )?content|advertisement|ad|past newsletter promotion)|back to top|home ?page|home|menu|search|close|loading\W*",
    r"(?:show|load|see|view) (?:more|less|all)|next|previous|play(?: video)?|watch live|live|breaking news|expand|print edition",
    r"(?:topics?|tags?|filed under):?|(?:topics?|tags?|filed under):.{0,150}|(?:image|slide|photo)? ?\d{1,2} of \d{1,2}|(?:hide|"
    r"toggle) caption",
    r"[*•·—–_=#~|.◆■-][\s*•·—–_=#~|.◆■-]*",
)

CAPTION = _any_of(
    r"(?:(?:file |stock |cover |main |lead |top )?(?:photo|photograph|picture|image|illustration|graphic|pic)s?|video|credit)"
    r"(?: (?:credits?|source|caption))?\s*(?:[:©|]|\bby\b(?= [A-Z])|courtesy of|via\b)\s*(?-i:[A-Z(©@]).{0,250}",
    r"(?:file|stock) (?:photo|photograph|picture|image)\s*[:–—-].{0,250}|image (?:caption|source|copyright)\b.{0,200}",
    r".{0,380}\((?:(?:ap|afp|file|pool|handout) (?:photo|image|picture)|courtesy|getty|(?:photo|photograph|image|picture|video|"
    r"illustration)s?(?: by|:|/))"
    r"[^()]{0,120}\)\.?",
    rf".{{0,380}}\((?-i:[A-Z][^()]{{2,60}}/\s?{AGENCY})[^()]{{0,30}}\)\.?",
    rf"(?-i:[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){{0,3}}\s*/\s*(?:[A-Z][\w ]{{1,20}}/\s*)?{AGENCY})",
    rf"(?-i:{AGENCY})(?: (?:file )?(?:photo|images?|graphics))?(?-i:\s*/\s*{NAME})?",
    r"\((?-i:[A-Z][\w.’'-]+ [A-Z][^()/]{1,30}/\s?[A-Z][^()/]{1,40})\)",
)

BYLINE = _any_of(
    r"(?:[Bb]y|BY|[Ww]ords(?: by)?:?|[Ww]ritten by|[Ss]tory by|[Rr]eporting by|[Ee]diting by|[Tt]ext:?|[Pp]osted by)\s+"
    rf"{NAME}(?:\s*(?:,|and|&|\||;)\s*(?:{NAME}|[Tt]he {NAME}|{JOB}|{PLACE}))*(?:\s+(?:in|for)\s+{PLACE})?",
    r"(?:[Bb]y|BY)\s+(?:the\s+)?(?:[A-Z][\w’'-]+\s+){0,4}(?:[Ss]taff|STAFF|[Cc]orrespondents?|[Rr]eporters?)(?:\s+[Ww]riters?)?",
    rf"(?:[Ff]rom|[Bb]y) our (?:own )?(?:[\w’'-]+\s+){{0,3}}(?:correspondent|reporter|staff)(?:\s+in\s+{PLACE})?",
    rf"{NAME}(?:,|\s+[|–—-])\s+(?:{JOB})|{NAME}\s+[A-Z][a-z]+ (?:editor|correspondent|reporter)|{NAME}\s+\|\s+{PLACE}",
    r"@\w{2,30}|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)\S+",
    flags=0,
)

PATTERNS = (POINTER, SHOUTED_POINTER, SHARE, COMMENTS, LEGAL, NAVIGATION, CAPTION)

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?)\.?(?![\w’'])"
)
DAY = r"(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?(?![\w’'])"
CLOCK = r"(?:[01]?\d|2[0-3])[.:h][0-5]\d(?:[.:]\d{2})?(?:\s?[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\.?"
ZONE = r"(?:gmt|bst|utc|cest|[aceimp][ds]?t|local time)(?![\w’'])(?:\s?[+-]\d{1,2}(?::?\d{2})?)?"
AGO = r"(?:\d{1,3}|an?|one|two|three) (?:sec(?:ond)?|min(?:ute)?|hr|hour|day|week|month|year)s? ago"
ISO = r"\d{4}-\d{2}-\d{2}(?:t\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:?\d{2})?)?"
NUMERIC = r"\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})"
NUMBER = r"\b\d{1,2}(?:st|nd|rd|th)?(?!\d)|\b(?:19|20)\d{2}(?!\d)"
READ = r"\d{1,3}[ -]?min(?:ute)?s? (?:read|listen|watch|reading time)|reading time:? \d{1,3} min(?:ute)?s?"
LABEL = (
    r"(?:last |first |originally |article )?(?:updated|published|posted|modified|created|edited|issued|filed|date|"
    r"time)(?: (?:on|at))?\s*:?"
)
PART = rf"{ISO}|{NUMERIC}|{CLOCK}|\b{AGO}|\b{MONTH}|\b{DAY}|\b{ZONE}|{READ}|{NUMBER}"
STAMP = _any_of(rf"(?:{LABEL}\s*)?(?:(?:{PART})(?:[\s,;|·•/()–—-]|\bat\b|\bon\b|\bof\b|{LABEL})*+){{1,14}}", "just now")
PROOF = _any_of(ISO, NUMERIC, CLOCK, AGO, READ, LABEL, rf"\b{MONTH}\s+\d", rf"\d(?:st|nd|rd|th)?\s+{MONTH}", "just now")
"""What a time stamp needs besides: a number alone, or a weekday, may be anything."""
MAX_STAMP_CHARS = 100


def is_timestamp(line: str) -> bool:
    """Say whether a line is made of nothing but dates, times, "updated" and how long it takes to read."""
    return len(line) <= MAX_STAMP_CHARS and PROOF.search(line) is not None and STAMP.fullmatch(line.strip(" .[]*|")) is not None
