"""smoke"""
from views.reading import check
from views.world import *
from views.world import ANA, account, lead, refresh, work, day, payments, pay, financial

def test_smoke(connection):
    account(connection, "d1", ANA, name="José Ñato de la Cruz")
    lead(connection, ANA, "1", 0, source=SCOUTING, scout=7)
    work(connection, "d1", 0, 3)
    work(connection, "d1", 6, 3)
    work(connection, "d1", "2026-10-14", 20)
    pay(connection, 1, name="cruz nato jose")
    print(refresh(connection))
    print(check(connection))
    assert financial(connection)["claim_m1_paid"]
