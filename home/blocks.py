"""What staff can put on the pages they write. Practices are not written with these."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, StreamBlock, StructBlock, TextBlock


class SectionBlock(StructBlock):
    heading = CharBlock(label=_("Heading"), max_length=120)
    text = TextBlock(
        label=_("Text"), help_text=_("A blank line begins a paragraph; a line that begins with - is a point in a list.")
    )

    class Meta:
        icon = "pilcrow"
        label = _("Section")
        template = "home/blocks/section.html"


class QuestionsBlock(StructBlock):
    heading = CharBlock(label=_("Heading"), max_length=120)
    questions = ListBlock(CharBlock(max_length=300), label=_("Questions"))

    class Meta:
        icon = "help"
        label = _("Questions to sit with")
        template = "home/blocks/questions.html"


class StaffTextBlock(StreamBlock):
    section = SectionBlock()
    questions = QuestionsBlock()
