"""The bench of films: what is shared between ways of reading changes nothing, nothing is lost."""

from kiosk.scanner.decode import Decoder
from kiosk.scanner.known import KnownCodes
from kiosk.scanner.likelihood.evidence import Evidence
from tests.bench.clips import Way, outcome
from tests.bench.clips_film import Frames, SharedStages
from tests.bench.clips_looks import Past
from tests.bench.clips_tally import Kept, Outcome, Watched, figures
from tests.scanner.clips import Faults, clip

BLURRED = Faults(defocus_modules=(3.0, 3.2), motion_modules=(2.0, 2.2), glare=0, tilt_deg=8)


def test_two_ways_that_share_their_looks_tell_what_each_tells_alone():
    film = clip(6, BLURRED)
    frames = Frames(film)

    def ways(shops, stages, past):
        return [outcome(film, frames, Way(shop, stages, past, pace=0)) for shop in shops]

    shops = KnownCodes(), KnownCodes({film.gtin14: "tea"})
    shared = ways(shops, SharedStages(Decoder(), frames), Past(Evidence()))
    alone = [
        way
        for shop in shops
        for way in ways([shop], SharedStages(Decoder(), frames), Past(Evidence()))
    ]
    assert shared == alone
    assert all(told.is_right and told.stage == "likelihood" for told in shared)


def test_a_run_that_was_cut_short_goes_on_with_what_was_kept(tmp_path):
    films = [
        Watched(0, 2.0, 0.0, False, False, Outcome(0.5, True, "likelihood"), Outcome()),
        Watched(1, 3.0, 1.5, True, True, Outcome(), Outcome(0.2, False, "zbar")),
        Watched(2, 3.5, 0.5, None, False, Outcome(), Outcome()),
    ]
    for film in films:
        Kept(tmp_path / "films").add(film)
    kept = list(Kept(tmp_path / "films").films.values())
    assert kept == films
    told = figures(kept)
    assert (told["clips"], told["engines_looked_at"], told["engines_read"]) == (3, 2, 1)
    assert (told["hard"], told["ours_hard_read_percent"]) == (1, 100.0)
    assert (told["ours_wrong"], told["ours_catalogue_wrong"]) == (0, 1)
