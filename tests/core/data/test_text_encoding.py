"""Bytes that could be read as western letters and are not: refused with a line. What is western is read as written."""

import pytest

from core.data.rows import DataError
from core.data.text_encoding import decode

OTHERS = {
    "Turkish": ("cp1254", "bu film çok güzeldi ama sonu ağır ve ışıklar iyi\nİstanbul geceleri şarkılar öyküsü"),
    "Czech": ("cp1250", "příliš dobrý kůň\nděkuji, přišel jsem do města u řeky"),
    "Hungarian": ("cp1250", "szép őszi idő volt és jól főztek\ntűz égett a hegyek között"),
    "Romanian": ("cp1250", "câmpul fără vânt şi oraşul\nînaintea băiatului era ţara"),
    "Lithuanian": ("cp1257", "labai gražus ežeras, ačiū\nžmogus šis ir ąžuolas"),
    "an old Mac's French": ("mac_roman", "un café et du thé\nla fumée de Noël était là"),
    "an old Mac's German": ("mac_roman", "süße Brötchen für den Bäcker\nschöne Grüße"),
    "an old Mac's class names": ("mac_roman", "nichts,gut\ndas macht,Spaß\nwas für ein,Ärger"),
    "an old Mac's towns": ("mac_roman", "the train to Köln,good\nlate near Malmö,bad"),
    "short Russian": ("koi8-r", "lamp,да\nrouter,нет"),
    "short Hebrew": ("iso8859-8", "lamp,טוב\nrouter,רע"),
    "short Thai": ("tis-620", "lamp,ดี\nrouter,แย่"),
    "short Chinese": ("gb18030", "lamp,好\nrouter,坏"),
    "short Japanese": ("shift_jis", "lamp,良い\nrouter,悪い"),
    "Japanese in letters of sound": ("shift_jis", "lamp,カナ\nrouter,テスト"),
    "Japanese by escapes": ("iso2022_jp", "lamp,良い\nrouter,悪い"),
    "Chinese between braces": ("hz", "好,坏\n好,好\n坏,坏"),
    "UTF-7": ("utf-7", "für,schön\nübel,Öl\nÄpfel,Grüße"),
    "French after 1999": ("iso8859-15", "deux cafés à 3 €\nun thé à 2 €"),
}
WESTERN = {
    "French": "la pièce où nous dînions à Noël, ça sentait la fumée\nun œuf de sœur",
    "German": "schöne Grüße für den süßen Bäcker\nÄpfel",
    "Spanish": "el niño comió piñas mañana\nel pingüino está aquí",
    "Portuguese": "não é possível, então amanhã à mão\ntrês avós",
    "a price in German": "kostet 5 € mehr, laut § 5 und §§ 6, 7 der Ü-Regel (€)\nÄpfel für €5",
    "Icelandic": "það er gott veður í dag og ég þarf að fara á fætur\nýmis",
    "Danish": "smørrebrød på gården, æbler og en idé\når",
    "Estonian": "õhtul läksime kõik sööma\nväga üllatav",
    "Estonian nights": "öö oli pime\nõues",
    "French with spaces": "il dit «\xa0été\xa0» : çà et là\n«\xa0à\xa0»",
    "a Slovak name in German": "Miloš fährt nach Köln\nGrüße",
    "degrees and quotes": "‚Äpfel‘ bei 20 °C, 1º lugar, ¿Él? ¡Ánimo!\n»Öl«",
    "Finnish": "hyvää päivää, tämä on šakki\nyö",
    "Italian": "perché la città è più così\nlì però",
    "Catalan": "això és molt bé però la cançó\nmés únic",
    "borrowed words": "naïve schöne cafés\nà la façade, señor\nein Œuvre im Kölner Café",
    "names in English": "naïve\nPelé won\nZoë and Søren\na façade\njalapeños\ncafé Köln jalapeño\nGewürztraminer rosé",
}


@pytest.mark.parametrize("language", OTHERS)
def test_other_letters_are_refused_with_their_line(language):
    encoding, text = OTHERS[language]
    with pytest.raises(
        DataError,
        match=r"not western by the letters in line [12]|line [12] (is not UTF-8|changes its alphabet|is written in)",
    ):
        decode(f"{text}\n".encode(encoding), "rows.csv")


@pytest.mark.parametrize("language", WESTERN)
def test_western_letters_are_read_as_written(language):
    text, said = decode(f"{WESTERN[language]}\n".encode("cp1252"), "rows.csv")
    assert text == f"{WESTERN[language]}\n"
    assert said[0].kind == "encoding mended"
    assert f"in line {1 if not text.splitlines()[0].isascii() else 2} is" in said[0].why


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["text,label\nдобрый фильм и ещё,1\n", "text,label\nסרט יפה מאוד,1\n"])
def test_utf_16_without_a_mark_is_read_in_any_script(encoding, text):
    assert decode((text * 20).encode(encoding), "rows.csv")[0] == text * 20
