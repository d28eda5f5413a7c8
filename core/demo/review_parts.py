"""What people praise and complain of, by subject: clauses, adjectives and nouns that reviews are put together from.

A clause starts in lower case and can stand alone or after `but`. Written for this project, CC0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReviewSubject:
    """One thing that is reviewed. `verbs`: we <used> one, have <used_past> it, <used_it>, would <again>."""

    nouns: tuple[str, ...]
    verbs: tuple[str, str, str, str]
    praise: tuple[str, ...]
    complaint: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]


FILM = ReviewSubject(
    nouns=("film", "movie", "picture", "thriller", "comedy", "sequel"),
    verbs=("{watched|saw}", "seen", "{watched|saw} it", "watch it again"),
    praise=(
        "the ending redeems it",
        "the lead carries every scene",
        "nearly all of the jokes land",
        "the last scene moved me to tears",
        "the camera work is a joy",
        "I left the cinema grinning",
        "the two sisters feel like real people",
        "the music gives me goosebumps",
        "my children talked about it all the way home",
        "the final hour is gripping",
        "the script trusts its audience",
        "it won me over",
        "the quiet moments stay with you",
        "the chase through the market is thrilling",
    ),
    complaint=(
        "the plot drags",
        "the dialogue {feels|is} wooden",
        "the middle hour is a slog",
        "half the jokes fall flat",
        "I checked my watch three times",
        "the villain is a cardboard cut-out",
        "it runs forty minutes too long",
        "you can see the twist coming from a mile off",
        "the effects look cheap",
        "I had stopped caring by then",
        "two people in our row fell asleep",
        "the story makes no sense",
        "it left me cold",
        "the sound mix buries every line",
    ),
    good=("funny", "gripping", "moving", "charming", "clever", "brilliant", "thrilling"),
    bad=("dull", "predictable", "tedious", "clumsy", "bland", "forgettable", "boring"),
)

BOOK = ReviewSubject(
    nouns=("book", "novel", "story", "debut", "biography"),
    verbs=("read", "read", "read it", "read it again"),
    praise=(
        "I could not put it down",
        "the prose is a pleasure",
        "the last chapters are superb",
        "the narrator is wonderful company",
        "every page taught me something",
        "I finished it in one sitting",
        "the village comes alive",
        "I have already lent it to two friends",
        "the mystery is beautifully built",
        "the grandmother is a marvellous character",
        "it made me laugh out loud on the bus",
        "the author knows how people really talk",
    ),
    complaint=(
        "I gave up halfway",
        "the first hundred pages are a chore",
        "every character sounds the same",
        "the writing is full of clichés",
        "the ending comes out of nowhere",
        "I kept losing the thread",
        "it should have been half as long",
        "the romance never convinces",
        "the chapters repeat themselves",
        "nobody in it behaves like a human being",
        "the translation is clumsy",
        "I had to force myself to finish",
    ),
    good=("absorbing", "witty", "moving", "clever", "brilliant", "delightful", "charming"),
    bad=("dull", "confusing", "tedious", "shallow", "clumsy", "boring", "forgettable"),
)

MEAL = ReviewSubject(
    nouns=("place", "restaurant", "café", "bistro", "pizzeria"),
    verbs=("{tried|ate at}", "tried", "{ate|had dinner} there", "go back"),
    praise=(
        "the soup was wonderful",
        "the waiter could not have been kinder",
        "the bread comes warm from the oven",
        "the fish was cooked perfectly",
        "we are already planning our next visit",
        "the portions are generous",
        "the lemon cake is worth the trip alone",
        "they found us a table by the window",
        "the coffee is the best in town",
        "the bill was a pleasant surprise",
        "my mother asked for the recipe",
        "the terrace is lovely in the evening",
    ),
    complaint=(
        "the pasta was cold in the middle",
        "we waited an hour for our drinks",
        "the waiter was rude",
        "the soup tasted of nothing",
        "the tables were sticky",
        "they forgot half of our order",
        "the prices are a joke",
        "the music was so loud that we had to shout",
        "the chicken was dry",
        "I left hungry",
        "the salad was swimming in oil",
        "they mixed up the bill twice",
    ),
    good=("delicious", "friendly", "charming", "lovely", "wonderful", "excellent", "delightful"),
    bad=("overpriced", "disappointing", "bland", "noisy", "awful", "unfriendly", "greasy"),
)

HOTEL = ReviewSubject(
    nouns=("hotel", "guest house", "hostel", "inn", "campsite"),
    verbs=("{stayed at|booked}", "stayed at", "{stayed there|spent a night there}", "stay there again"),
    praise=(
        "the beds are heavenly",
        "the view over the bay is stunning",
        "the staff remembered our names",
        "breakfast was a feast",
        "we slept like babies",
        "the garden is a dream",
        "the room was spotless",
        "the owner drove us to the station herself",
        "the pool was warm and clean",
        "the location could not be better",
        "they upgraded us without being asked",
        "the children did not want to leave",
    ),
    complaint=(
        "the walls are paper thin",
        "there was hair in the shower",
        "the heating did not work",
        "nobody answered at reception",
        "the room smelled of smoke",
        "the lift was broken all week",
        "breakfast was a sad affair",
        "the bed creaked all night",
        "the pictures on the website are ten years old",
        "the carpet was filthy",
        "the pool was closed",
        "we were kept awake by the bar downstairs",
    ),
    good=("comfortable", "spotless", "charming", "lovely", "wonderful", "welcoming", "excellent"),
    bad=("dirty", "noisy", "cramped", "shabby", "awful", "disappointing", "overpriced"),
)

GADGET = ReviewSubject(
    nouns=("phone", "kettle", "camera", "vacuum cleaner", "speaker", "lamp"),
    verbs=("{bought|ordered}", "owned", "{bought|ordered} it", "buy it again"),
    praise=(
        "the battery lasts for days",
        "it does exactly what it should",
        "setting it up took two minutes",
        "it feels solid in the hand",
        "the buttons are easy to find in the dark",
        "it has made my mornings easier",
        "the price is very fair",
        "it still looks new after a year",
        "my father figured it out without the manual",
        "the quality is astonishing for the money",
        "it has survived three falls",
        "I use it every single day",
    ),
    complaint=(
        "it broke within a week",
        "the manual is useless",
        "the cable is far too short",
        "it gets worryingly hot",
        "the lid does not close properly",
        "the buttons stick",
        "it makes a terrible noise",
        "the battery dies by noon",
        "mine arrived scratched",
        "the shop refused to help",
        "it smells of burnt plastic",
        "it has to be restarted every morning",
    ),
    good=("reliable", "handy", "clever", "sturdy", "brilliant", "excellent", "quiet"),
    bad=("flimsy", "useless", "noisy", "clumsy", "slow", "disappointing", "overpriced"),
)

SHOW = ReviewSubject(
    nouns=("play", "concert", "show", "exhibition", "musical"),
    verbs=("{went to|saw}", "seen", "{saw it|were there}", "see it again"),
    praise=(
        "the singer held us spellbound",
        "the second half is magical",
        "the whole room was on its feet",
        "the costumes are gorgeous",
        "the young cast gives everything",
        "I had a lump in my throat",
        "the lighting is a work of art",
        "the evening flew by",
        "the guide made every room interesting",
        "we hummed the tunes all the way home",
        "the orchestra played with real fire",
        "even my teenage son was impressed",
    ),
    complaint=(
        "we could not see a thing from our seats",
        "the singer was out of tune",
        "the first half is endless",
        "people left at the interval",
        "the hall was freezing",
        "half the rooms were closed",
        "the actors mumbled",
        "the sound kept cutting out",
        "it started an hour late",
        "the tickets cost a fortune",
        "the jokes were older than I am",
        "the audience was on its phones",
    ),
    good=("magical", "funny", "moving", "inspiring", "brilliant", "delightful", "lively"),
    bad=("dull", "chaotic", "tedious", "pretentious", "lifeless", "boring", "disappointing"),
)

SUBJECTS = (FILM, BOOK, MEAL, HOTEL, GADGET, SHOW)
