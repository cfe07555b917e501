#!/usr/bin/python3
# peer-reportlab.py: the invoice by ReportLab's page layout, with an embedded font, or its built-in ones
#
# SPDX-License-Identifier: GPL-3.0-or-later
import io
import os

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from peer_pages import work

PLAIN, BOLD = 'Helvetica', 'Helvetica-Bold'
if os.environ.get('EMBEDDED'):
    PLAIN, BOLD = 'Sans', 'Sans-Bold'
    pdfmetrics.registerFont(TTFont(PLAIN, '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'))
    pdfmetrics.registerFont(TTFont(BOLD, '/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf'))

INK, QUIET, LINE, PANEL = HexColor(0x212121), HexColor(0x6b6b6b), HexColor(0xb8bfbd), HexColor(0xf1f5f2)


def style(name, font, size, colour=INK, **more):
    return ParagraphStyle(name, fontName=font, fontSize=size, leading=size * 1.25, textColor=colour, **more)


TITLE = style('title', BOLD, 19, alignment=TA_RIGHT)
NAME = style('name', BOLD, 13)
HEADING = style('heading', BOLD, 10.5)
STRONG = style('strong', BOLD, 9.5)
BODY = style('body', PLAIN, 9.5)
SMALL = style('small', PLAIN, 8, QUIET)
LABEL = style('label', PLAIN, 8, QUIET)
WIDTH = A4[0] - 96
NO_PADDING = [(side + 'PADDING', (0, 0), (-1, -1), 0) for side in ('LEFT', 'RIGHT', 'TOP', 'BOTTOM')]


def pair(label, value):
    return [Paragraph(label, LABEL), Paragraph(value, BODY), Spacer(1, 6)] if value else []


def top(page):
    head = Table([[[Paragraph(page.name, NAME), *[Paragraph(line, SMALL) for line in page.letterhead]],
                   Paragraph(page.title, TITLE)]], [WIDTH * .58, WIDTH * .42])
    head.setStyle(TableStyle([*NO_PADDING, ('VALIGN', (0, 0), (-1, -1), 'TOP'),
                              ('LINEBELOW', (0, 0), (-1, -1), .8, LINE)]))
    facts = Table([[pair(a, b), pair(c, d)] for a, b, c, d in page.facts], [WIDTH * .25, WIDTH * .25])
    facts.setStyle(TableStyle([*NO_PADDING, ('VALIGN', (0, 0), (-1, -1), 'TOP')]))
    payer = [Paragraph('Billed to', LABEL), Paragraph(page.payer, HEADING),
             *[Paragraph(line, BODY) for line in page.payer_lines], Spacer(1, 8), *pair('Patient', page.patient)]
    middle = Table([[payer, facts]], [WIDTH * .5, WIDTH * .5])
    middle.setStyle(TableStyle([*NO_PADDING, ('VALIGN', (0, 0), (-1, -1), 'TOP')]))
    return [head, Spacer(1, 14), middle, Spacer(1, 8)]


def lines(page):
    rows = [page.head]
    for date, text, item, quantity, price, gst, amount in page.lines:
        service = [Paragraph(text, BODY)] + ([Paragraph(item, SMALL)] if item else [])
        rows.append([date, service, quantity, price, gst, amount])
    table = Table(rows, [WIDTH * share for share in (.15, .42, .09, .13, .07, .14)])
    table.setStyle(TableStyle([
        *NO_PADDING, ('FONT', (0, 0), (-1, 0), PLAIN, 8), ('TEXTCOLOR', (0, 0), (-1, 0), QUIET),
        ('FONT', (0, 1), (-1, -1), PLAIN, 9.5), ('TEXTCOLOR', (0, 1), (-1, -1), INK),
        ('ALIGN', (2, 0), (-1, -1), 'RIGHT'), ('VALIGN', (0, 0), (-1, -1), 'TOP'),
        ('BOTTOMPADDING', (0, 0), (-1, -1), 4), ('LINEBELOW', (0, 0), (-1, 0), .8, LINE),
        ('LINEBELOW', (0, 1), (-1, -1), .3, LINE)]))
    return table


def bottom(page):
    sums = Table([['', label, value] for label, value, _ in page.totals], [WIDTH * .55, WIDTH * .27, WIDTH * .18])
    sums.setStyle(TableStyle([
        *NO_PADDING, ('ALIGN', (2, 0), (2, -1), 'RIGHT'), ('TEXTCOLOR', (0, 0), (-1, -1), INK),
        *[('FONT', (0, row), (-1, row), BOLD if strong else PLAIN, 10.5 if strong else 9.5)
          for row, (_, _, strong) in enumerate(page.totals)]]))
    pay = Table([[[Paragraph('How to pay', STRONG), Paragraph(page.pay, BODY)]]], [WIDTH])
    pay.setStyle(TableStyle([('BACKGROUND', (0, 0), (-1, -1), PANEL), ('LEFTPADDING', (0, 0), (-1, -1), 12)]))
    return [Spacer(1, 6), sums, Spacer(1, 10), pay, Spacer(1, 8), Paragraph(page.note, SMALL)]


def make(page):
    def footer(canvas, document):
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(.5)
        canvas.line(48, 59, A4[0] - 48, 59)
        canvas.setFillColor(QUIET)
        canvas.setFont(PLAIN, 8)
        canvas.drawString(48, 48, page.number)
        canvas.drawRightString(A4[0] - 48, 48, f'Page {document.page} of 1')

    out = io.BytesIO()
    document = SimpleDocTemplate(out, pagesize=A4, leftMargin=48, rightMargin=48, topMargin=48, bottomMargin=70,
                                 title=f'{page.title} {page.number}', author=page.name)
    document.build([*top(page), lines(page), *bottom(page)], onFirstPage=footer)
    return out.getvalue()


work(make)
