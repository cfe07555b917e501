#!/usr/bin/python3
# peer-weasyprint.py: the invoice by WeasyPrint, from HTML
#
# SPDX-License-Identifier: GPL-3.0-or-later
import html

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from peer_pages import work

FONTS = FontConfiguration()
LOOK = CSS(font_config=FONTS, string='''
@page { size: A4; margin: 48pt 48pt 70pt; border-bottom: .5pt solid #b8bfbd;
  @bottom-left { content: "INV-000000"; font: 8pt Cantarell; color: #6b6b6b }
  @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt Cantarell; color: #6b6b6b } }
body { font: 9.5pt Cantarell, "DejaVu Sans", sans-serif; color: #212121; margin: 0 }
p { margin: 0 } .name { font-size: 13pt; font-weight: bold } .heading { font-size: 10.5pt; font-weight: bold }
.small, .label, th { font-size: 8pt; color: #6b6b6b; font-weight: normal; text-align: left }
table { width: 100%; border-collapse: collapse } td, th { vertical-align: top; padding: 0 }
.head { border-bottom: .8pt solid #b8bfbd; margin-bottom: 14pt } .title { font-size: 19pt; font-weight: bold }
.title, .end { text-align: right } .pair { margin-bottom: 6pt }
.lines th { border-bottom: .8pt solid #b8bfbd } .lines td { border-bottom: .3pt solid #b8bfbd; padding: 4pt 0 }
.sums { width: 45%; margin: 6pt 0 10pt auto } .sums .strong td { font-size: 10.5pt; font-weight: bold }
.pay { background: #f1f5f2; padding: 8pt 12pt; margin-bottom: 8pt } .pay b { display: block }
''')


def cell(text, kind=''):
    return f'<td class="{kind}">{html.escape(text)}</td>'


def paragraph(text, kind=''):
    return f'<p class="{kind}">{html.escape(text)}</p>'


def pair(label, value):
    return f'<div class="pair">{paragraph(label, "label")}{paragraph(value)}</div>'


def body(page):
    facts = ''.join(f'<tr><td>{pair(a, b)}</td><td>{pair(c, d)}</td></tr>' for a, b, c, d in page.facts)
    rows = ''.join(
        f'<tr>{cell(date)}<td>{paragraph(text)}{paragraph(item, "small")}</td>{cell(quantity, "end")}'
        f'{cell(price, "end")}{cell(gst, "end")}{cell(amount, "end")}</tr>'
        for date, text, item, quantity, price, gst, amount in page.lines)
    heads = ''.join(f'<th class="{"end" if at > 1 else ""}">{text}</th>' for at, text in enumerate(page.head))
    sums = ''.join(f'<tr class="{"strong" if strong else ""}">{cell(label)}{cell(value, "end")}</tr>'
                   for label, value, strong in page.totals)
    return f'''<!DOCTYPE html><html lang="en-AU"><head><title>{page.title} {page.number}</title>
<meta name="author" content="{html.escape(page.name)}"></head><body>
<table class="head"><tr><td style="width:58%">{paragraph(page.name, "name")}
{"".join(paragraph(line, "small") for line in page.letterhead)}</td>{cell(page.title, "title")}</tr></table>
<table><tr><td style="width:50%">{paragraph("Billed to", "label")}{paragraph(page.payer, "heading")}
{"".join(paragraph(line) for line in page.payer_lines)}{pair("Patient", page.patient)}</td>
<td><table>{facts}</table></td></tr></table>
<table class="lines"><tr>{heads}</tr>{rows}</table><table class="sums">{sums}</table>
<div class="pay"><b>How to pay</b>{html.escape(page.pay)}</div>{paragraph(page.note, "small")}</body></html>'''


def make(page):
    return HTML(string=body(page)).write_pdf(stylesheets=[LOOK], font_config=FONTS)


work(make)
