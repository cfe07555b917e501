# task_pdf.py: invoices as PDF, by ReportLab and WeasyPrint beside us
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""PDFs of the same page a second of processor time, each in a process that has its fonts loaded."""
import collections
import os
import subprocess
import sys

from measuring import HERE, Result, Worker, program, say, scratch

NAME = 'pdf'
INVOICE = os.path.join(HERE, 'invoice.json')
PEERS = [('ReportLab', 'peer-reportlab.py', {'EMBEDDED': '1'}, 5, 1.0),
         ('ReportLab, no font in the file', 'peer-reportlab.py', {}, None, 1.0),
         ('WeasyPrint', 'peer-weasyprint.py', {}, 60, 1.5)]


def letters(path):
    """Every letter of the page but the spaces; the order of the text differs by who wrote the file."""
    text = subprocess.run(['pdftotext', path, '-'], check=True, capture_output=True, text=True).stdout
    return collections.Counter(''.join(text.split()))


def peer_command(script, environment, pdf):
    settings = [f'{name}={value}' for name, value in environment.items()]
    return ['env', *settings, sys.executable, os.path.join(HERE, script), INVOICE, pdf]


def measure(options):
    results = []
    with scratch() as folder:
        ours_pdf = os.path.join(folder, 'ours.pdf')
        with Worker([program('bench-pdf'), INVOICE, ours_pdf]) as ours:
            ours.ask(0.2)
            for name, script, environment, aim, seconds in PEERS:
                pdf = os.path.join(folder, 'peer.pdf')
                result = Result(f'Invoice PDFs: {name}', 'PDFs/s', 'at least', aim, name)
                with Worker(peer_command(script, environment, pdf)) as peer:
                    peer.ask(0.2)
                    odd = letters(pdf) - letters(ours_pdf) | letters(ours_pdf) - letters(pdf)
                    if odd:
                        raise RuntimeError(f'{name} printed another page; the letters that differ: {dict(odd)}')
                    for _ in range(options.rounds):
                        made, took = ours.ask(0.7)
                        peer_made, peer_took = peer.ask(seconds)
                        result.add(made / took, peer_made / peer_took)
                say(f'{name}: {result.value():.1f}x')
                results.append(result)
    return results
