"""What Wagtail's account page must not ask of our people."""

from wagtail.admin.views.account import AvatarSettingsPanel, NameEmailSettingsPanel

# There is no hook to take these panels away. The first asks for a first and last name, which our
# accounts do not have; the second for a picture of the person, which nothing shows.
for panel in (NameEmailSettingsPanel, AvatarSettingsPanel):
    panel.is_active = lambda _panel: False
