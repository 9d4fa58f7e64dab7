"""The tools that Kombo connects to."""

from __future__ import annotations

TOOLS: dict[str, tuple[str, ...]] = {
    "HRIS": (
        "personio", "bamboohr", "workday", "hibob", "factorial", "rippling", "gusto", "deel",
        "remotecom", "humaans", "kenjo", "heavenhr", "hrworks", "sagehr", "charliehr",
        "adpworkforcenow", "paylocity", "paychex", "namely", "lucca", "payfit", "zelt",
        "oysterhr", "datev",
    ),
    "ATS": (
        "greenhouse", "lever", "recruitee", "smartrecruiters", "teamtailor", "ashby",
        "workable", "icims", "jobvite", "bullhorn", "breezyhr", "jazzhr", "onlyfy",
        "softgarden", "personio", "workday",
    ),
    "ASSESSMENT": ("greenhouse", "lever", "smartrecruiters"),
    "LMS": ("360learning", "talentlms", "udemy", "linkedinlearning", "moodle"),
}  # fmt: skip
"""The slugs of tools, by the category of integration that they serve. Some serve several."""

CATEGORIES_OF = {
    tool: tuple(category for category, tools in TOOLS.items() if tool in tools)
    for tools in TOOLS.values()
    for tool in tools
}
"""The categories that each tool serves."""
