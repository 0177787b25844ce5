"""Plain words to make passwords of: easy to spell, to say aloud and to picture."""

from __future__ import annotations

import secrets

WORDS_IN_A_PASSWORD = 4


def suggestion() -> str:
    """Four words drawn at random, one of more than a trillion combinations."""
    return " ".join(secrets.choice(WORDS) for _ in range(WORDS_IN_A_PASSWORD))


LIST = """
acorn actor adobe agate album alder alley almond alpine amber anchor angle ankle antler apple apricot apron arbor
arcade arch arena arrow artist ash aspen aster atlas attic autumn avenue awning axle badge badger bagel baker balcony
ballad balloon bamboo banana banjo banner barley barn barrel basil basin basket bassoon bay beach beacon beaker beam
bean bear beaver bed bee beech beetle bell bench berry bicycle birch biscuit bison blanket blossom blouse boat bobbin
bolt bonnet book boot border bottle boulder bouquet bowl box bracelet bramble branch brass bread breeze brick bridge
broom brook brush bubble bucket buckle budget buffalo bugle bulb bumper bundle burrow bus bushel butter button cabbage
cabin cable cactus cafe cake calico camel camera camp canal candle canoe canvas canyon cape caramel caravan carbon
cardigan cargo carpet carrot carton cashew castle cattle cave cedar ceiling celery cellar cello cement ceramic chain
chair chalk channel chapel chapter charcoal chart cheese cherry chess chestnut chicken chimney cider cinema cinnamon
circle circus citrus clarinet clay cliff cloak clock cloud clover coal coast cobalt cobbler cocoa coconut coffee
collar column comet compass concert copper coral cord cork corner cottage cotton couch cousin cradle crane crater
crayon cream creek cricket crocus crown crumb crystal cuckoo cumin cup curry curtain cushion cyclist cymbal cypress
dahlia dairy daisy dance dawn deck deer delta denim desert desk dial diamond diary dill dinner dish diver dock dolphin
dome domino donkey door dough dove dragon drawer dream dress drift drill drum duck dune dust eagle earth easel echo
eclipse elbow elder elephant elevator elk ember emerald enamel engine envelope evening express fable fabric factory
falcon family farmer feather felt fence fennel fern ferry fiddle field fig film finch finger fir fire fish flag flame
flannel flax fleece flint floor flour flower flute foam fog folder forest fork fossil fountain fox frame freckle
freight frog frost fruit funnel furrow gadget galaxy gallery gallon garage garden garland garlic garnet gate gazelle
gecko geyser ginger giraffe glacier glass glider globe glove glue goat goblet gold goose gorge granite grape grass
gravel grocer grove guitar gull gutter habit hail halibut hammer hammock hamper handle harbor harness harp harvest hat
hawk hazel heart heather hedge helmet hemlock hemp heron herring hiking hill hinge hobby hockey hollow honey hood hook
horizon hornet horse hotel house hummus hundred ice igloo indigo ink inlet insect iris iron island ivory ivy jacket
jade jaguar jam jar jasmine jelly jersey jewel jigsaw jogger journal journey judge juggler juice jungle juniper jury
kayak kennel kernel kettle keyboard kidney kiosk kitchen kite kitten kiwi knee knight knitting knot koala label lace
ladder lagoon lake lamb lamp language lantern larch lark latch laundry lava lavender lawn leaf leather lecture legend
lemon lentil leopard letter lettuce lever library lilac lily lime linden linen lion lizard llama lobster locket locust
lodge loft lotus lumber lunch lupine lute lynx magnet magnolia magpie mailbox mallet mammoth mango mantle maple
marathon marble margin marigold market marmot marsh mask meadow medal medley melody melon memory mercury meteor metro
midnight mile milk mill millet mineral minnow mint mirror mitten mixer molasses monsoon moon moose morning mortar
mosaic moss moth motor mountain mouse movie muffin mug mulberry mule museum mushroom music mussel mustard napkin
narwhal nature navy nectar needle nephew nest nettle network newt nickel niece night nimbus noodle north notebook
novel number nutmeg nylon oak oasis oat oboe ocean ochre octopus olive omelet onion onyx opal opera orange orbit
orchard orchid organ oriole orphan osprey ostrich otter oval oven owl oyster paddle page pageant paint palace palette
palm panda panel panther papaya paper paprika parade parasol parcel parchment park parka parrot parsley parsnip pasta
pastel pastry patch path patio pattern pavement peach peacock peanut pear pearl pebble pecan pedal pelican pencil
penguin peony pepper perch petal petunia pewter piano pickle picnic picture pier pigeon pillow pilot pine pinecone
pioneer pipe pistachio pitcher pixel pizza planet plank plaster plate plaza plow plum plumage pocket podium poem poet
polka pond pony poplar poppy porch porridge portrait postcard poster pot potato pottery powder prairie pretzel
primrose printer prism prune pudding puddle puffin pulley pumpkin puppet purse puzzle pyramid quail quarry quartz
quilt quince quiver quota rabbit raccoon racket radar radio radish raft railway rain raisin rake ramp ranch raspberry
raven recipe record reed reef relay reindeer relish ribbon rice riddle ridge ring ripple river road robin rocket rodeo
roller roof rooster root rope rose rosemary rowboat ruby rudder ruler runner runway russet rye saddle saffron sage
sail salad salmon salsa salt sample sand sandal sapling sapphire sardine satchel satin saturn sauce saucer sauna
savanna sawdust scarf school scissors scooter scout screen script sculptor seal season seaweed sesame shadow shale
shawl shed sheep shelf shell shelter shepherd sherbet shield shirt shoe shore shovel shower shrimp shrub shutter
siding silk silver singer siren skate sketch skillet skirt sky slate sled sleeve slipper slope sloth smoke snail snow
soap soccer sock sofa solar soldier sonnet soup south spade spaniel spark sparrow spatula spice spider spinach spindle
spiral sponge spool spoon spring sprout spruce square squash squid squirrel stable stadium stairs stamp staple star
starfish station statue steam steel steeple stem stencil step stew stick stocking stone stool stork storm story stove
straw stream street string stripe studio stump sugar suitcase summer summit sunday sundial sunset surf swallow swan
sweater swift swing sycamore symbol syrup table tablet tadpole tailor talon tandem tangent tango tank tapestry tavern
tea teacher teapot telegram temple tempo tennis tent terrace textile texture theater thicket thimble thistle thread
throne thrush thumb thunder thyme ticket tide tiger tile timber tin toad toast tobacco toffee tomato topaz torch
tortoise totem toucan towel tower town toy tractor trail train tram trapeze travel tray treasure tree trellis trench
triangle trolley trombone trophy trout trowel truck trumpet trunk tuba tulip tuna tundra tunic tunnel turban turbine
turkey turnip turtle tweed twig twilight twin umbrella uncle unicorn uniform upland urban utensil valley valve vanilla
vapor vase vault velvet vendor venue veranda verse vessel vest viaduct village vine vinegar vineyard viola violet
violin visitor vista voice volcano volley voyage waffle wagon waist wall wallet walnut walrus waltz warbler wardrobe
warmth water wave weaver wedge weekend wetland whale wharf wheat wheel whisk whistle wicker widget willow wind
windmill window winter wire wisdom wolf wombat wood wool workshop wren wrench wrist writer yak yard yarn yeast yellow
yogurt yolk youth zebra zenith zephyr zigzag zinc zipper zither zucchini
"""
WORDS = tuple(LIST.split())
