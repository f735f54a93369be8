"""The lesson's models and lines, without a framework."""

import pytest

from kith.ext.associationproxy import association_proxy


@pytest.fixture
def lesson(db):
    class Business(db.Model):
        __tablename__ = "businesses_table"
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        trashcans = db.relationship("Trashcan", back_populates="business")
        raccoons = association_proxy("trashcans", "raccoon")

    class Raccoon(db.Model):
        __tablename__ = "raccoons_table"
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String)
        trashcans = db.relationship("Trashcan", back_populates="raccoon")

    class Trashcan(db.Model):
        __tablename__ = "trashcans_table"
        id = db.Column(db.Integer, primary_key=True)
        business_id = db.Column(db.Integer, db.ForeignKey("businesses_table.id"))
        raccoon_id = db.Column(db.Integer, db.ForeignKey("raccoons_table.id"))
        business = db.relationship("Business", back_populates="trashcans")
        raccoon = db.relationship("Raccoon", back_populates="trashcans")

    db.create_all()
    return Business, Raccoon, Trashcan


def test_the_lessons_lines_print_what_the_lesson_says(db, lesson):
    Business, Raccoon, Trashcan = lesson
    rocky, dan = Raccoon(name="Rocky Raccoon"), Raccoon(name="Dan")
    shop, cafe = Business(name="Corner Shop"), Business(name="Cafe")
    db.session.add_all([rocky, dan, shop, cafe])
    db.session.add_all([Trashcan(raccoon=rocky, business=shop), Trashcan(raccoon=dan, business=shop), Trashcan(raccoon=rocky, business=cafe)])
    db.session.commit()
    rocky = Raccoon.query.where(Raccoon.name == "Rocky Raccoon").first()
    assert repr(rocky.trashcans) == "[<Trashcan 1>, <Trashcan 3>]"
    trashcan_one = Trashcan.query.first()
    assert repr(trashcan_one.raccoon) == "<Raccoon 1>" and trashcan_one.raccoon is rocky
    assert repr(shop.raccoons) == "[<Raccoon 1>, <Raccoon 2>]"
    assert [r.name for r in shop.raccoons] == ["Rocky Raccoon", "Dan"]
    assert repr(list(cafe.raccoons)) == "[<Raccoon 1>]"


def test_what_is_appended_through_the_proxy_makes_the_trashcan_between(db, lesson):
    Business, Raccoon, Trashcan = lesson
    shop, rocky = Business(name="Corner Shop"), Raccoon(name="Rocky")
    shop.raccoons.append(rocky)
    assert shop.trashcans[0].raccoon is rocky and rocky.trashcans == shop.trashcans
    db.session.add(shop)
    db.session.commit()
    assert Trashcan.query.one().business is shop and list(Business.query.one().raccoons) == [rocky]
