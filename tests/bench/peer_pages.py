# peer_pages.py: the words of the invoice, as every peer prints them
#
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the records of invoice.json and gives the texts that Wattle's page has, and the worker loop of the peers."""
import datetime
import json
import sys
import time


def money(cents):
    return f'${cents / 100:,.2f}'


def day(date):
    return datetime.date.fromisoformat(date).strftime('%d/%m/%Y')


def address(record):
    return [record['address_line'], f'{record["suburb"]} {record["state_code"]} {record["postcode"]}']


class Page:
    """The texts of the n-th invoice: each has its own number, person and prices, as bench-pdf.c makes them."""

    def __init__(self, data, n):
        practice, patient, invoice = data['practice'], data['patient'], data['invoice']
        number, more = f'INV-{n:06}', n % 1000
        total = invoice['total'] + more * len(data['lines'])
        abn, phone, bsb = practice['abn'], '0' + practice['phone'][3:], practice['bank_bsb']
        name = f'{patient["title"]} {patient["given_names"]} {patient["family_name"]}{n}'
        doctor = data['practitioner']
        self.title = 'Tax Invoice'
        self.name = practice['name']
        self.letterhead = [practice['legal_name'], *address(practice),
                           f'{phone[:2]} {phone[2:6]} {phone[6:]}  ·  {practice["email"]}',
                           f'ABN {abn[:2]} {abn[2:5]} {abn[5:8]} {abn[8:]}']
        self.payer = name
        self.payer_lines = address(patient)
        self.patient = f'{name}, born {day(patient["birth_date"])}'
        self.facts = [
            ('Invoice number', number, 'Date of issue', day(invoice['issued_date'])),
            ('Practitioner', f'{doctor["title"]} {doctor["given_names"]} {doctor["family_name"]}',
             'Payment due', day(invoice['due_date'])),
            ('Provider number', data['practitioner_location']['provider_number'], '', '')]
        self.head = ['Date', 'Service', 'Quantity', 'Price', 'GST', 'Amount']
        self.lines = [
            (day(line['service_date']), line['description'], f'Item {line["code"]}' if 'code' in line else '',
             f'{line["quantity"] / 1000:g}', money(line['unit_price'] + more),
             'Yes' if line['tax_code'] == 'gst' else 'Free',
             money(line['amount'] + more)) for line in data['lines']]
        self.totals = [
            ('Total without GST', money(total - invoice['gst']), False),
            ('GST', money(invoice['gst']), False),
            ('Total including GST', money(total), True), ('Amount due', money(total), True)]
        self.pay = (f'Bank transfer to {practice["bank_account_name"]}, BSB {bsb[:3]}-{bsb[3:]}, account '
                    f'{practice["bank_account"]}. Please quote {number}.')
        self.note = practice['invoice_footer']
        self.number = number


def work(make):
    """Prints PDFs as long as each line of input says; bench-pdf.c does the same."""
    with open(sys.argv[1], encoding='utf-8') as file:
        data = json.load(file)
    first = make(Page(data, 0))
    printed = 1
    if len(sys.argv) > 2:
        with open(sys.argv[2], 'wb') as file:
            file.write(first)
    for line in sys.stdin:
        start, made = time.process_time(), 0
        while time.process_time() < start + float(line):
            make(Page(data, printed + made))
            made += 1
        printed += made
        print(made, time.process_time() - start, flush=True)
