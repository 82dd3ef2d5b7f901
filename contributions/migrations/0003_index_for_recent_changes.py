"""One index for the list of all changes: its order first, then all that its choices look at.

The table is Wagtail's, and rows of it are long: with the index they need not be read to be left out. Should a later
version of Wagtail make its table anew (on SQLite it does so to change a column), the index is gone and the list slower;
`tests/contributions/test_recent.py` says so, and then it is made again by another migration.
"""

from django.db import migrations

MAKE = """
CREATE INDEX IF NOT EXISTS contributions_recent_changes
ON wagtailcore_revision (created_at, id, user_id, object_id, base_content_type_id)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('contributions', '0002_review'),
        ('wagtailcore', '0098_apitoken'),
    ]

    operations = [
        migrations.RunSQL(MAKE, reverse_sql='DROP INDEX IF EXISTS contributions_recent_changes'),
    ]
