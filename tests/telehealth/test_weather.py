#!/usr/bin/python3
# test_weather.py: two engines through a bad network: they find each other, and find each other again
#
# SPDX-License-Identifier: GPL-3.0-or-later
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from network import Network
from sides import Call, Engine
from wattled import main

PATIENCE = 60


def test_loss_cut_and_change():
    with Network(seed=3) as network:
        nodes = [network.node('clinician'), network.node('patient', router='cone')]
        for node in nodes:
            node.shape('up', delay=25, jitter=5, loss=0.1)
        with Call((Engine, Engine), nodes, width=320, height=180) as call:
            assert call.join(PATIENCE) is not None, (call.states, call.troubles)
            call.wait(lambda: all(side.figures.get('frames', 0) > 15 for side in call.sides), PATIENCE, 'pictures')
            assert all(side.figures['path'] == 'direct' for side in call.sides)
            # The words between the two are cut, too: nothing new can be arranged until the way is back.
            nodes[1].cut()
            call.hold()
            call.wait(lambda: all(states[-1] == 'silent' for states in call.states), PATIENCE, 'silence')
            generation = call.gen
            nodes[1].mend()
            call.let_go()
            call.wait(lambda: all(states[-1] == 'verified' for states in call.states), PATIENCE, 'the way back')
            assert call.gen == generation
            assert call.recover(PATIENCE) is not None, call.states
            # Another address: the old way is dead for good, and another generation takes its place.
            nodes[1].change()
            call.wait(lambda: all(states[-1] == 'silent' for states in call.states), PATIENCE, 'silence')
            assert call.recover(PATIENCE) is not None, call.states
            assert call.gen > generation
            assert not call.troubles, call.troubles


if __name__ == '__main__':
    sys.exit(main(globals()))
