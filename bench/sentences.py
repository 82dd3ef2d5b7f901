"""The sentences of the made-up library, with places for words, and how they are filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

Sentence = tuple[tuple[str, str], ...]
Words = Mapping[str, Sequence[str]]


def read(text: str) -> tuple[Sentence, ...]:
    """One sentence a line, cut into pieces: what stands before a word, and which word comes."""
    sentences = []
    for line in text.strip().splitlines():
        pieces = re.split(r"\{(\w+)\}", line.strip())
        sentences.append(tuple(zip(pieces[::2], [*pieces[1::2], ""], strict=True)))
    return tuple(sentences)


def fill(sentence: Sentence, words: Words, draw: Callable[[], float]) -> str:
    """A sentence with words drawn for its places: the nearer to the head of its list, the more often."""
    parts = []
    for before, name in sentence:
        parts.append(before)
        if name:
            choice = words[name]
            parts.append(choice[int(len(choice) * draw() * draw())])
    text = "".join(parts)
    return text[0].upper() + text[1:]


WHAT = read("""
In {place}, {people} and {helper} {act} in {venue} {when}.
It began when {number} {people} in {place} asked for {thing} and found only {trouble}.
Whoever can brings {thing}; {helper} bring {helps} and stay to the end.
The heart of it is {doing}, and everything else is arranged around that.
Nobody is assessed: whoever comes to {venue} finds {thing} and a {quality} welcome.
A typical evening has {doing} first, then {thing}, then time to {act}.
{number} {people} take part, most of them because of {trouble}.
They {act} about {thing} before anybody speaks of {trouble}.
{helper} do not hand over {thing}; they sit beside {people} while it happens.
Around {venue} something {quality} has grown that people in {place} call {rare}.
Every new member is met by somebody who explains {doing} in {quality} words.
What looks like {doing} is also a way to talk about {trouble}.
The group decides {when} what to do about {thing} next.
There is {thing} on the table, {helps} in the room, and no form to fill in.
{when}, {helper} open {venue} so that {people} can {act} without being asked why.
The idea was brought to {place} by {number} {people} who had seen {doing} elsewhere.
Some come for {thing}, some for {doing}, and some to escape {trouble}.
""")
WHY = read("""
It works because {doing} comes before {trouble} is spoken of.
{people} know more about {trouble} than {office} does, and here they are asked.
It took {number} weeks and {helps} before {people} began to {act}.
When {people} {act} with {helper}, {trouble} loses some of its weight.
A {quality} habit of {doing} does what a single appointment about {trouble} cannot.
Being needed matters more than being helped, so {people} run everything themselves.
A {quality} pace leaves room for {helps}, which {hinders} would drive out.
{thing} is a reason to come; {helps} is the reason to come back.
It puts {helps} where there used to be {hinders}.
Because {office} stays out of {venue}, {people} speak of {trouble} as it is.
People {act} differently when nobody writes “{rare}” beside their names.
""")
LOCAL = read("""
In {place} the group uses {venue}, which {office} lends {when}.
The {org} pays for {thing}; {office} gives {helps}.
{place} has {number} streets without {thing}, and that is where they began.
Buses stop at six in {place}, so {helper} drive {people} home.
Here {doing} happens in {number} languages, and the notices say so.
In the beginning {thing} came from {office}; now {people} see to it.
Winter in {place} is long, and {venue} is {quality} and warm.
The word {rare} hangs by the door of {venue}, sewn by the {people} of the first year.
The {org} keeps a diary of {doing}, open to anybody in {place}.
When {venue} closed, the {people} of {place} moved everything to a shed named {rare}.
""")
NOT = read("""
{hinders} nearly ended it in the second year.
Inviting {office} too early made {people} fall silent about {trouble}.
{doing} for more than two hours was too much for most {people}.
Paying {helper} but not {people} caused bad feeling.
A leaflet about {trouble} brought nobody; {thing} did.
Watch for {hinders}, above all {when}.
Meeting in {venue} was wrong, since {people} had bad memories of it.
It did not reach {people} who live with {trouble} at night.
A plan called {rare}, with {number} targets, was dropped after a month.
""")
COMMUNITY = read("""
The whole community is asked what should happen next.
It belongs to the community, and the community decides about {thing}.
Every year the community of {place} eats together and looks back.
A community of {people} has grown around {venue}.
Without the community there would be {thing} but nobody to {act} with.
Another community has begun to ask about {doing}.
""")
SUMMARY = read("""
{people} and {helper} {act}, so that {trouble} is met with {helps}.
A {quality} way of {doing} in {venue}, led by {people}.
{doing} {when}, for whoever knows {trouble}.
{helper} and {people} see to {thing} and face {trouble} together.
Where {people} {act} and nobody is hurried, about {thing} or {trouble}.
""")
ESSENTIAL = read("""
{people} decide about {thing}.
Never let {hinders} replace {helps}.
Begin with {doing}, not with {trouble}.
{helper} stay for at least a year.
There is always {thing}, and somebody {quality} to talk to.
The door of {venue} stays open {when}.
Nobody is asked about {trouble} before they are ready to {act}.
Keep it {quality} and small: {number} {people} at most.
What is said in {venue} stays there.
{people} are paid like {helper} when they lead.
""")
STEP = read("""
Find {number} {people} who know {trouble} and ask what they would like to do about it.
Borrow {venue} {when} for three months before you look for money.
Spend a month on {doing} before you invite {office}.
Let {people} choose the name, and how to begin with {thing}.
Ask {helper} to give {helps} rather than advice.
Agree beforehand what to do about {hinders}.
Bring {thing}, sit down, and wait.
After {number} weeks look back together and decide what to keep.
Write down in {quality} words what the group is for.
Visit a group like it, and take {people} with you, not only {helper}.
Tell {office} what you learnt about {trouble}.
Celebrate when the first year is over.
""")
CHANGE = read("""
{number} of {people} said that {trouble} weighs less than before.
Visits to {office} because of {trouble} fell in the first year.
{people} {act} with each other outside {venue} too.
{office} changed how it deals with {trouble} after listening to {people}.
{number} {people} went on to lead {doing} themselves.
Fewer {people} in {place} speak of {trouble} in {told}.
More {people} have {thing} than when it began.
{helper} say that they understand {trouble} better.
""")
VOICE = read("""
I came for {thing} and stayed because they {act} with you.
Before this there was only {trouble}. Now there is {thing}, and somebody who asks after me.
Nobody told me what to do about {trouble}. We just went on {doing}.
They gave me {helps}, and I had not had that from {office}.
You can be {quality} here and nobody minds.
I used to hide from {trouble}. Now I am the one who brings {thing}.
""")
QUESTION = read("""
Who in {place} knows most about {trouble}, and have we asked them?
What would we stop doing if {people} decided about {thing}?
Where do {people} {act} without us?
What do we do when {hinders} gets in the way of {helps}?
Who is missing when we talk about {doing}?
How long are we ready to wait for {helps}?
""")
HOW = read("""
{people} lead, and {helper} come as guests.
{doing} is arranged by those who know {trouble}.
There is time for {helps} before anything is decided.
{office} listens first and answers {when}.
The group builds on {thing} that people have already.
Nothing about {trouble} is decided without {people}.
""")
ADDED = read("""
We added {thing}, since {people} in {place} asked for it.
Here {doing} happens {when}, and {helper} join later.
In {place} it needs {helps} more than it needs {thing}.
""")
PEOPLE_NEEDED = read("""
{number} {people}, and some of the {helper} for a day a week.
Two of the {helper}, and {number} volunteers who can {act}.
One {quality} organiser; everything else is done by {people}.
""")
TIME_NEEDED = read("""
{number} weeks to begin, then two hours {when}.
A year before {people} lead it; it has no end.
Half a day {when}, and an evening to look back.
""")
COST = read("""
The room in {venue} is free; {thing} is paid for by {office}.
About the price of a coffee for {number} {people}, {when}.
{office} pays some of the {helper}; the rest is lent.
""")
SOURCE = read("""
Notes from {venue}: {doing} in {place}
What {people} taught us about {trouble}
{doing}: a made-up report
{number} evenings with {people}
""")
SAID_BY = ("somebody who took part", "a volunteer", "somebody next door", "one of those who began it", "a worker", "")
