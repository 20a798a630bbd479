"""How much dearer a launch is with everything on: to a segment of three conditions, in three
variants that are tested against each other, beside a control group, in a project with a cap.

`vs_plain` compares seconds with a launch of one message to everybody: the same people, the median
of pairs. Everybody who is not in the control group is in the test, which writes the most rows.
"""

from statistics import median

from campaigns.models import Campaign, Segment, Variant, VariantsBy
from providers.models import Project
from tests.benchmarks.launch import project_with_segment, seconds_of_launch, to_segment
from tests.benchmarks.measuring import say
from tests.benchmarks.people import make_campaign

PAIRS = 3
VARIANTS = 3
CONTROL = 10  # percent


def run(size: int) -> None:
    project, segment = project_with_segment(size)
    Project.objects.filter(pk=project.pk).update(most_per_week=3)
    project.refresh_from_db()
    plain, full = [], []
    for _ in range(PAIRS):
        plain.append(seconds_of_launch(make_campaign(project)))
        full.append(seconds_of_launch(_with_everything(project, segment)))
    ratios = [with_all / without for with_all, without in zip(full, plain, strict=True)]
    print(
        f"{size:,} people: {median(full):.2f} s, plain {median(plain):.2f} s; "
        f"{', '.join(f'{ratio:.2f}' for ratio in ratios)} x"
    )
    say("launch_full", size=size, seconds=median(full), vs_plain=median(ratios))


def _with_everything(project: Project, segment: Segment) -> Campaign:
    campaign = to_segment(make_campaign(project), segment)
    first = campaign.variants.get()
    for position in range(1, VARIANTS):
        Variant.objects.create(
            campaign=campaign, position=position, version=first.version, values=first.values
        )
    campaign.variants_by = VariantsBy.TEST
    campaign.test_percent, campaign.control_percent = 100, CONTROL
    return campaign
