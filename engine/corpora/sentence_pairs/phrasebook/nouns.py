"""The nouns, every form written out: English singular / plural / French singular / plural / gender.

A dash stands for a form that is not used (mass nouns have no plural, glasses no singular).
"""

from .grammar_types import Noun

NOUNS: dict[str, Noun] = {}  # all of them, by their English singular (or plural where there is no singular)


def _table(text: str) -> dict[str, Noun]:
    """Return the nouns of the group that the first line names, by their names in NOUNS, where they are filed too."""
    kind, _, rows = text.partition(":\n")
    nouns = {}
    for row in rows.splitlines():
        en, en_plural, fr, fr_plural, gender = (field.strip() for field in row.split("/"))
        nouns[en_plural if en == "-" else en] = Noun(en, en_plural, fr, fr_plural, gender, kind)
    NOUNS.update(nouns)
    return nouns


ADULTS = _table("""person:
man / men / homme / hommes / m
woman / women / femme / femmes / f
fisherman / fishermen / pêcheur / pêcheurs / m
farmer / farmers / fermier / fermiers / m
baker / bakers / boulanger / boulangers / m
sailor / sailors / marin / marins / m
painter / painters / peintre / peintres / m
doctor / doctors / médecin / médecins / m
nurse / nurses / infirmière / infirmières / f
waiter / waiters / serveur / serveurs / m
waitress / waitresses / serveuse / serveuses / f
musician / musicians / musicien / musiciens / m
tourist / tourists / touriste / touristes / m
postman / postmen / facteur / facteurs / m
policeman / policemen / policier / policiers / m
gardener / gardeners / jardinier / jardiniers / m
photographer / photographers / photographe / photographes / m
""")

# Described as young, never as old.
ADULTS |= _table("""student:
student / students / étudiant / étudiants / m
""")

YOUNG = _table("""youth:
boy / boys / garçon / garçons / m
girl / girls / fille / filles / f
""")

CHILDREN = _table("""child:
child / children / enfant / enfants / m
baby / babies / bébé / bébés / m
""")

FAMILY = _table("""family:
mother / - / mère / - / f
father / - / père / - / m
brother / brothers / frère / frères / m
sister / sisters / sœur / sœurs / f
aunt / aunts / tante / tantes / f
uncle / uncles / oncle / oncles / m
grandmother / - / grand-mère / - / f
grandfather / - / grand-père / - / m
son / sons / fils / fils / m
daughter / daughters / fille / filles / f
friend / friends / ami / amis / m
neighbour / neighbours / voisin / voisins / m
teacher / teachers / professeur / professeurs / m
""")

ANIMALS = _table("""animal:
dog / dogs / chien / chiens / m
cat / cats / chat / chats / m
horse / horses / cheval / chevaux / m
bird / birds / oiseau / oiseaux / m
cow / cows / vache / vaches / f
sheep / sheep / mouton / moutons / m
goat / goats / chèvre / chèvres / f
duck / ducks / canard / canards / m
hen / hens / poule / poules / f
rabbit / rabbits / lapin / lapins / m
seagull / seagulls / mouette / mouettes / f
donkey / donkeys / âne / ânes / m
heron / herons / héron / hérons / m
""")

CLOTHES = _table("""clothing:
coat / coats / manteau / manteaux / m
hat / hats / chapeau / chapeaux / m
shirt / shirts / chemise / chemises / f
dress / dresses / robe / robes / f
skirt / skirts / jupe / jupes / f
scarf / scarves / écharpe / écharpes / f
jacket / jackets / veste / vestes / f
jumper / jumpers / pull / pulls / m
uniform / uniforms / uniforme / uniformes / m
""")

PAIRS_WORN = _table("""clothing:
shoe / shoes / chaussure / chaussures / f
boot / boots / botte / bottes / f
glove / gloves / gant / gants / m
- / glasses / - / lunettes / f
""")

WORN_IN_PAIRS = {noun.en for noun in PAIRS_WORN.values()}

THINGS = _table("""thing:
key / keys / clé / clés / f
bag / bags / sac / sacs / m
suitcase / suitcases / valise / valises / f
umbrella / umbrellas / parapluie / parapluies / m
phone / phones / téléphone / téléphones / m
computer / computers / ordinateur / ordinateurs / m
lamp / lamps / lampe / lampes / f
clock / clocks / horloge / horloges / f
chair / chairs / chaise / chaises / f
table / tables / table / tables / f
box / boxes / boîte / boîtes / f
basket / baskets / panier / paniers / m
cup / cups / tasse / tasses / f
plate / plates / assiette / assiettes / f
bottle / bottles / bouteille / bouteilles / f
door / doors / porte / portes / f
window / windows / fenêtre / fenêtres / f
gate / gates / portail / portails / m
ball / balls / ballon / ballons / m
kite / kites / cerf-volant / cerfs-volants / m
guitar / guitars / guitare / guitares / f
violin / violins / violon / violons / m
ladder / ladders / échelle / échelles / f
bench / benches / banc / bancs / m
flower / flowers / fleur / fleurs / f
net / nets / filet / filets / m
bell / bells / cloche / cloches / f
""")

# What a person can own, carry about or ask for.
PORTABLE = {name: noun for name, noun in THINGS.items() if name not in {"door", "window", "gate", "bell", "bench"}}

TREES = _table("""tree:
tree / trees / arbre / arbres / m
""")

TEXTS = _table("""text:
book / books / livre / livres / m
letter / letters / lettre / lettres / f
story / stories / histoire / histoires / f
song / songs / chanson / chansons / f
poem / poems / poème / poèmes / m
film / films / film / films / m
""")

PAPERS = _table("""paper:
map / maps / carte / cartes / f
photo / photos / photo / photos / f
""")

SMALL_GOODS = _table("""small goods:
newspaper / newspapers / journal / journaux / m
ticket / tickets / billet / billets / m
present / presents / cadeau / cadeaux / m
""")

VEHICLES = _table("""vehicle:
car / cars / voiture / voitures / f
bicycle / bicycles / vélo / vélos / m
boat / boats / bateau / bateaux / m
lorry / lorries / camion / camions / m
train / trains / train / trains / m
bus / buses / bus / bus / m
plane / planes / avion / avions / m
""")

BUILDINGS = _table("""building:
house / houses / maison / maisons / f
church / churches / église / églises / f
bridge / bridges / pont / ponts / m
lighthouse / lighthouses / phare / phares / m
castle / castles / château / châteaux / m
museum / museums / musée / musées / m
hotel / hotels / hôtel / hôtels / m
school / schools / école / écoles / f
garden / gardens / jardin / jardins / m
village / villages / village / villages / m
island / islands / île / îles / f
street / streets / rue / rues / f
harbour / harbours / port / ports / m
shop / shops / magasin / magasins / m
kitchen / kitchens / cuisine / cuisines / f
room / rooms / chambre / chambres / f
""")

FOODS = _table("""food:
apple / apples / pomme / pommes / f
pear / pears / poire / poires / f
orange / oranges / orange / oranges / f
banana / bananas / banane / bananes / f
carrot / carrots / carotte / carottes / f
tomato / tomatoes / tomate / tomates / f
egg / eggs / œuf / œufs / m
cake / cakes / gâteau / gâteaux / m
sandwich / sandwiches / sandwich / sandwichs / m
biscuit / biscuits / biscuit / biscuits / m
cherry / cherries / cerise / cerises / f
onion / onions / oignon / oignons / m
""")

MASS_FOODS = _table("""mass food:
bread / - / pain / - / m
cheese / - / fromage / - / m
rice / - / riz / - / m
soup / - / soupe / - / f
butter / - / beurre / - / m
jam / - / confiture / - / f
meat / - / viande / - / f
chocolate / - / chocolat / - / m
honey / - / miel / - / m
salt / - / sel / - / m
fish / - / poisson / - / m
ham / - / jambon / - / m
""")

DRINKS = _table("""drink:
water / - / eau / - / f
milk / - / lait / - / m
coffee / - / café / - / m
tea / - / thé / - / m
wine / - / vin / - / m
beer / - / bière / - / f
orange juice / - / jus d'orange / - / m
apple juice / - / jus de pomme / - / m
""")

# A masculine and a feminine form, used without an article after être: "Ma tante est boulangère."
PROFESSIONS: list[tuple[str, str, str]] = [
    ("a baker", "boulanger", "boulangère"),
    ("a nurse", "infirmier", "infirmière"),
    ("a farmer", "agriculteur", "agricultrice"),
    ("a doctor", "médecin", "médecin"),
    ("a painter", "peintre", "peintre"),
    ("a musician", "musicien", "musicienne"),
    ("a photographer", "photographe", "photographe"),
    ("a student", "étudiant", "étudiante"),
    ("a gardener", "jardinier", "jardinière"),
    ("a singer", "chanteur", "chanteuse"),
    ("an engineer", "ingénieur", "ingénieure"),
    ("a lawyer", "avocat", "avocate"),
    ("a cook", "cuisinier", "cuisinière"),
    ("an actor", "acteur", "actrice"),
    ("a journalist", "journaliste", "journaliste"),
    ("a salesperson", "vendeur", "vendeuse"),
]
