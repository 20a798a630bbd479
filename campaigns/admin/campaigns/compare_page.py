"""Campaigns side by side, and all campaigns of one template."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from campaigns.admin.lists.export_dialog import ExportDialog
from campaigns.models import Campaign
from campaigns.results.comparing import (
    FEWEST,
    MOST,
    MOST_OF_A_TEMPLATE,
    MOST_OFFERED,
    Figure,
    Line,
    added_up,
    chosen,
    lines_of,
    of_template,
    with_results,
)
from campaigns.results.exports.whom import Wish, of_results
from providers.admin.pages import Page
from providers.admin.row_numbers import row_number
from providers.models import Project
from templates_app.models import Template

CHOSEN = "campaign"


def numbers_asked(request: HttpRequest) -> list[int]:
    given = request.POST if request.method == "POST" else request.GET
    return [row_number(text) for text in given.getlist(CHOSEN)]


class ComparePage(Page):
    address, name = "compare/", "compare"
    template = "campaigns/compare.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        numbers = numbers_asked(request)
        campaigns = chosen(project, numbers)
        offered = list(with_results(project)[:MOST_OFFERED])
        offered += [one for one in campaigns if one not in offered]
        return self.show(
            request,
            title="Compare campaigns",
            campaigns=campaigns,
            lines=lines_of(campaigns) if len(campaigns) >= FEWEST else [],
            offered=offered,
            problem=_problem(numbers, found=len(campaigns)),
            query="&".join(f"{CHOSEN}={campaign.pk}" for campaign in campaigns),
        )


def _problem(numbers: list[int], *, found: int) -> str:
    """What is wrong with the choice; nothing before somebody has chosen."""
    if len(set(numbers)) > MOST:
        return f"Only {MOST} fit beside each other: the first {MOST} that went out are shown."
    if numbers and found < FEWEST:
        return "Tick at least two campaigns that have gone out."
    return ""


class TemplateResultsPage(Page):
    """Of a template, which stands in the address: its own page knows nothing of campaigns."""

    address, name = "of-template/", "of_template"
    template = "campaigns/template_results.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        named = row_number(request.GET.get("template", ""))
        template = Template.objects.filter(project=project, pk=named).first()
        if template is None:
            raise Http404
        campaigns = of_template(template)
        lines = lines_of(campaigns)
        return self.show(
            request,
            title=f"Results of {template.name}",
            template_shown=template,
            heads=[(line.label, line.of) for line in lines],
            rows=_rows(campaigns, lines),
            together=added_up(lines),
            is_cut=len(campaigns) >= MOST_OF_A_TEMPLATE,
            most=MOST_OF_A_TEMPLATE,
        )


def _rows(
    campaigns: list[Campaign], lines: list[Line]
) -> list[tuple[Campaign, tuple[Figure, ...]]]:
    """Each campaign with its numbers, where lines have each number with its campaigns."""
    turned = zip(*(line.figures for line in lines), strict=True)
    return list(zip(campaigns, turned, strict=True))


class ExportResults(ExportDialog):
    """Of the campaigns that are ticked, or of all."""

    address, name = "export-results/", "export_results"
    title = "Export results"
    text = "A row for each campaign with its numbers, as a file that you alone can download."

    def wish(self, request: HttpRequest, project: Project) -> Wish:
        return of_results(numbers_asked(request) or None)

    def more(self, request: HttpRequest, project: Project) -> dict[str, object]:
        numbers = numbers_asked(request)
        words = f"{len(numbers)} campaigns" if numbers else "All campaigns that were published"
        return {"about_words": words, "asked": [(CHOSEN, number) for number in numbers]}


def compare_with(campaign_id: int) -> str:
    """The page with this one ticked."""
    return f"{reverse('admin:campaigns_campaign_compare')}?{CHOSEN}={campaign_id}"


COMPARING = (ComparePage, TemplateResultsPage, ExportResults)
