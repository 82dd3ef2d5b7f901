"""What staff can put on the pages they write. Practices are not written with these."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, StaticBlock, StreamBlock, StructBlock, TextBlock


class AddressBlock(CharBlock):
    """An address on this site, such as /help/, or a web address. Nothing else: `javascript:` is an address too."""

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if not value.startswith(("https://", "http://", "/")) or value.startswith("//"):
            raise ValidationError(_("Write an address that begins with / or with https://."))
        return value


class LinkBlock(StructBlock):
    words = CharBlock(label=_("Words"), max_length=120)
    address = AddressBlock(
        label=_("Address"), max_length=500, help_text=_("On this site, such as /help/, or beginning with https://.")
    )

    class Meta:
        icon = "link"
        label = _("Link")


class SectionBlock(StructBlock):
    heading = CharBlock(label=_("Heading"), max_length=120)
    text = TextBlock(
        label=_("Text"), help_text=_("A blank line begins a paragraph; a line that begins with - is a point in a list.")
    )
    links = ListBlock(LinkBlock(), label=_("Links below the text"), default=[])

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


class ContactBlock(StaticBlock):
    """The address of those who run the site, as the settings give it: a text could only repeat it and go stale."""

    class Meta:
        icon = "mail"
        label = _("How to reach us")
        admin_text = _("Shows the address that this site was set up with, or says that there is none yet.")
        template = "home/blocks/contact.html"


class StaffTextBlock(StreamBlock):
    section = SectionBlock()
    questions = QuestionsBlock()
    contact = ContactBlock()
