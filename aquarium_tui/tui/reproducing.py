"""The command that prints what is seen."""

import shlex

from aquarium_tui.session.view import ObjectView, View


def reproduce(view: View) -> str:
    """The command that prints the numbers of a view."""
    settings, chosen = view.settings, view.choice
    other = f" --other {chosen.other}" if chosen.other else ""
    command = f"aquarium-tui compare {chosen.title} --base {chosen.base}{other}"
    command += f" --query {shlex.quote(chosen.query)}" if chosen.query else ""
    if settings is None:
        return command
    sure = [f"{v:g}" for v in (settings.base_confidence, settings.other_confidence)]
    confidence = (
        f"--confidence {sure[0]}"
        if sure[0] == sure[1] or not other
        else (f"--base-confidence {sure[0]} --other-confidence {sure[1]}")
    )
    if isinstance(view, ObjectView) and view.comparison.whole:
        return f"{command} {confidence}"
    return f"{command} {confidence} --iou {settings.iou:g} --rule {settings.rule}"
