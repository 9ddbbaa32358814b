"""The verbs: English base (with particle): third person, past, participle, -ing ; French infinitive ; forms.

Regular verbs in -er need only the infinitive; for all others the six present forms and the participle are written
out. A `#` in the English base tells two verbs with the same English apart and is not part of the text.
"""

from dataclasses import dataclass

from .english import EnglishVerb
from .french import FrenchVerb


@dataclass(frozen=True)
class Verb:
    """A verb in both languages."""

    en: EnglishVerb
    fr: FrenchVerb


TAKES_ETRE = set(
    "aller venir revenir arriver partir sortir rester tomber entrer monter rentrer descendre devenir".split()
)

REGULAR_ER = """
look at: looks looked looked looking ; regarder
watch: watches watched watched watching ; regarder
listen to: listens listened listened listening ; écouter
sing: sings sang sung singing ; chanter
dance: dances danced danced dancing ; danser
work: works worked worked working ; travailler
speak: speaks spoke spoken speaking ; parler
talk: talks talked talked talking ; parler
play: plays played played playing ; jouer
carry: carries carried carried carrying ; porter
wear: wears wore worn wearing ; porter
draw: draws drew drawn drawing ; dessiner
cook: cooks cooked cooked cooking ; cuisiner
wash: washes washed washed washing ; laver
find: finds found found finding ; trouver
look for: looks looked looked looking ; chercher
show: shows showed shown showing ; montrer
give: gives gave given giving ; donner
close: closes closed closed closing ; fermer
repair: repairs repaired repaired repairing ; réparer
lend: lends lent lent lending ; prêter
invite: invites invited invited inviting ; inviter
visit: visits visited visited visiting ; visiter
help: helps helped helped helping ; aider
like: likes liked liked liking ; aimer
hate: hates hated hated hating ; détester
borrow: borrows borrowed borrowed borrowing ; emprunter
forget: forgets forgot forgotten forgetting ; oublier
keep: keeps kept kept keeping ; garder
bring: brings brought brought bringing ; apporter
push: pushes pushed pushed pushing ; pousser
cry: cries cried cried crying ; pleurer
live: lives lived lived living ; habiter
break: breaks broke broken breaking ; casser
cross: crosses crossed crossed crossing ; traverser
jump: jumps jumped jumped jumping ; sauter
fish: fishes fished fished fishing ; pêcher
have lunch: has had had having ; déjeuner
have dinner: has had had having ; dîner
knit: knits knitted knitted knitting ; tricoter
plant: plants planted planted planting ; planter
water: waters watered watered watering ; arroser
prepare: prepares prepared prepared preparing ; préparer
cost: costs cost cost costing ; coûter
smoke: smokes smoked smoked smoking ; fumer
study: studies studied studied studying ; étudier
stroke: strokes stroked stroked stroking ; caresser
arrive: arrives arrived arrived arriving ; arriver
stay: stays stayed stayed staying ; rester
fall: falls fell fallen falling ; tomber
come home: comes came come coming ; rentrer
"""

IRREGULAR = """
have: has had had having ; avoir ; ai as a avons avez ont ; eu
eat: eats ate eaten eating ; manger ; mange manges mange mangeons mangez mangent ; mangé
swim: swims swam swum swimming ; nager ; nage nages nage nageons nagez nagent ; nagé
travel: travels travelled travelled travelling ; voyager ; voyage voyages voyage voyageons voyagez voyagent ; voyagé
drink: drinks drank drunk drinking ; boire ; bois bois boit buvons buvez boivent ; bu
read: reads read read reading ; lire ; lis lis lit lisons lisez lisent ; lu
write: writes wrote written writing ; écrire ; écris écris écrit écrivons écrivez écrivent ; écrit
see: sees saw seen seeing ; voir ; vois vois voit voyons voyez voient ; vu
take: takes took taken taking ; prendre ; prends prends prend prenons prenez prennent ; pris
learn: learns learnt learnt learning ; apprendre ; apprends apprends apprend apprenons apprenez apprennent ; appris
understand: understands understood understood understanding ; comprendre ; \
comprends comprends comprend comprenons comprenez comprennent ; compris
open: opens opened opened opening ; ouvrir ; ouvre ouvres ouvre ouvrons ouvrez ouvrent ; ouvert
make: makes made made making ; faire ; fais fais fait faisons faites font ; fait
ride: rides rode ridden riding ; faire ; fais fais fait faisons faites font ; fait
put: puts put put putting ; mettre ; mets mets met mettons mettez mettent ; mis
receive: receives received received receiving ; recevoir ; reçois reçois reçoit recevons recevez reçoivent ; reçu
know: knows knew known knowing ; connaître ; connais connais connaît connaissons connaissez connaissent ; connu
sleep: sleeps slept slept sleeping ; dormir ; dors dors dort dormons dormez dorment ; dormi
run: runs ran run running ; courir ; cours cours court courons courez courent ; couru
leave: leaves left left leaving ; partir ; pars pars part partons partez partent ; parti
go out: goes went gone going ; sortir ; sors sors sort sortons sortez sortent ; sorti
come: comes came come coming ; venir ; viens viens vient venons venez viennent ; venu
come back: comes came come coming ; revenir ; reviens reviens revient revenons revenez reviennent ; revenu
go: goes went gone going ; aller ; vais vas va allons allez vont ; allé
go down: goes went gone going ; descendre ; descends descends descend descendons descendez descendent ; descendu
buy: buys bought bought buying ; acheter ; achète achètes achète achetons achetez achètent ; acheté
prefer: prefers preferred preferred preferring ; préférer ; préfère préfères préfère préférons préférez préfèrent ; \
préféré
call: calls called called calling ; appeler ; appelle appelles appelle appelons appelez appellent ; appelé
throw: throws threw thrown throwing ; lancer ; lance lances lance lançons lancez lancent ; lancé
paint: paints painted painted painting ; peindre ; peins peins peint peignons peignez peignent ; peint
hold: holds held held holding ; tenir ; tiens tiens tient tenons tenez tiennent ; tenu
laugh: laughs laughed laughed laughing ; rire ; ris ris rit rions riez rient ; ri
smile: smiles smiled smiled smiling ; sourire ; souris souris sourit sourions souriez sourient ; souri
pay: pays paid paid paying ; payer ; paie paies paie payons payez paient ; payé
send: sends sent sent sending ; envoyer ; envoie envoies envoie envoyons envoyez envoient ; envoyé
clean: cleans cleaned cleaned cleaning ; nettoyer ; nettoie nettoies nettoie nettoyons nettoyez nettoient ; nettoyé
sweep: sweeps swept swept sweeping ; balayer ; balaie balaies balaie balayons balayez balaient ; balayé
choose: chooses chose chosen choosing ; choisir ; choisis choisis choisit choisissons choisissez choisissent ; choisi
finish: finishes finished finished finishing ; finir ; finis finis finit finissons finissez finissent ; fini
feed: feeds fed fed feeding ; nourrir ; nourris nourris nourrit nourrissons nourrissez nourrissent ; nourri
build: builds built built building ; construire ; \
construis construis construit construisons construisez construisent ; construit
drive: drives drove driven driving ; conduire ; conduis conduis conduit conduisons conduisez conduisent ; conduit
want: wants wanted wanted wanting ; vouloir ; veux veux veut voulons voulez veulent ; voulu
be able: - - - - ; pouvoir ; peux peux peut pouvons pouvez peuvent ; pu
have to: has had had having ; devoir ; dois dois doit devons devez doivent ; dû
know how: knows knew known knowing ; savoir ; sais sais sait savons savez savent ; su
think: thinks thought thought thinking ; croire ; crois crois croit croyons croyez croient ; cru
say: says said said saying ; dire ; dis dis dit disons dites disent ; dit
hope: hopes hoped hoped hoping ; espérer ; espère espères espère espérons espérez espèrent ; espéré
wait for: waits waited waited waiting ; attendre ; attends attends attend attendons attendez attendent ; attendu
wait: waits waited waited waiting ; attendre ; attends attends attend attendons attendez attendent ; attendu
sell: sells sold sold selling ; vendre ; vends vends vend vendons vendez vendent ; vendu
lose: loses lost lost losing ; perdre ; perds perds perd perdons perdez perdent ; perdu
hear: hears heard heard hearing ; entendre ; entends entends entend entendons entendez entendent ; entendu
pick: picks picked picked picking ; cueillir ; cueille cueilles cueille cueillons cueillez cueillent ; cueilli
walk#dog: walks walked walked walking ; promener ; promène promènes promène promenons promenez promènent ; promené
walk: walks walked walked walking ; se promener ; promène promènes promène promenons promenez promènent ; promené
get up: gets got got getting ; se lever ; lève lèves lève levons levez lèvent ; levé
go to bed: goes went gone going ; se coucher ; couche couches couche couchons couchez couchent ; couché
wake up: wakes woke woken waking ; se réveiller ; réveille réveilles réveille réveillons réveillez réveillent ; réveillé
get dressed: gets got got getting ; se habiller ; habille habilles habille habillons habillez habillent ; habillé
rest: rests rested rested resting ; se reposer ; repose reposes repose reposons reposez reposent ; reposé
"""  # noqa: E501 - one verb per row


def _regular_present(infinitive: str) -> tuple[str, str, str, str, str, str]:
    """Return the present of a verb listed under REGULAR_ER."""
    stem = infinitive.removesuffix("er")
    return stem + "e", stem + "es", stem + "e", stem + "ons", stem + "ez", stem + "ent"


def _parse(row: str) -> tuple[str, Verb]:
    """Return the key (the English base as written) and the verb of one row."""
    english, infinitive, *forms = (field.strip() for field in row.split(";"))
    key, _, others = english.partition(":")
    base, _, particle = key.partition("#")[0].partition(" ")
    third, past, participle, ing = others.split()
    is_reflexive = infinitive.startswith("se ")
    infinitive = infinitive.removeprefix("se ")
    if forms:
        je, tu, il, nous, vous, ils = forms[0].split()
        present, french_participle = (je, tu, il, nous, vous, ils), forms[1]
    else:
        present, french_participle = _regular_present(infinitive), infinitive.removesuffix("er") + "é"
    french = FrenchVerb(infinitive, present, french_participle, infinitive in TAKES_ETRE, is_reflexive)
    return key, Verb(EnglishVerb(base, third, past, participle, ing, particle), french)


VERBS: dict[str, Verb] = dict(_parse(row) for row in (REGULAR_ER + IRREGULAR).strip().splitlines() if row)
