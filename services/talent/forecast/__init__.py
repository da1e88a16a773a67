"""What a trust will be short of: for one type of post, year by year, from the trust's own events.

Of an academic year, the *demand* is how many posts of the type fall vacant in it. The *supply* is how many leaders are
ready for one when it begins: by a valid assessment of two, not holding such a post, and not needed for the vacancies
of another type, so that each leader counts once. The *gap* is demand less supply; below nothing there are leaders to
spare.

`history` folds events to counts and years, `rates` draws from them what each rate may be, `model` plays the years out,
`reading` gets the events. What is modelled:

- posts fall vacant at a rate of their type, which borrows from the trust's other types while it has little history of
  its own; some years are worse for all; vacancies that are expected mostly come about
- schools join at the trust's own pace and bring posts: not at all in the scenario `low`, twice as fast in `high`
- leaders move on the ladder of readiness, lapse, are forgotten, leave, and are appointed; people step on it anew, more
  of them where more stand at career stages 4 and 5, as far as stages are recorded

What it cannot know: age, tenure and who is about to leave (no event has them; a trust whose heads retire together will
be surprised), schools that leave or close, a change of policy, leaders who are ready and whom nobody has assessed.
Readiness is what two assessors said, no fact. A forecast is advice: no decision about a person may come from it.
"""
