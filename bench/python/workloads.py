"""The workloads on an object-relational mapper: one text for SQLAlchemy and kith. Each gives a number that all sides must agree on."""
from fixture import PERSONS, person


def W1n(side, engine):
    """Insert 100,000 objects through the session, one commit."""
    Person, people = side.Person, [person(i) for i in range(1, PERSONS + 1)]
    with side.orm.Session(engine) as session:
        yield
        for name, email, age, score, moment in people:
            session.add(Person(name=name, email=email, age=age, score=score, created_at=moment))
        session.commit()
    yield PERSONS


def W2(side, engine):
    """Load 100,000 objects and touch two attributes of each."""
    total = 0
    with side.orm.Session(engine) as session:
        for p in session.query(side.Person).all():
            total += len(p.name) + (p.age or 0)
    return total


def W3(side, engine):
    """20,000 objects by key, a new session each 1,000."""
    total, Person = 0, side.Person
    for chunk in range(20):
        with side.orm.Session(engine) as session:
            for i in range(1000):
                total += session.get(Person, (chunk * 1000 + i) * 5 % PERSONS + 1).id
    return total


def W3b(side, engine):
    """W3 inside session.begin()."""
    total, Person = 0, side.Person
    for chunk in range(20):
        with side.orm.Session(engine) as session, session.begin():
            for i in range(1000):
                total += session.get(Person, (chunk * 1000 + i) * 5 % PERSONS + 1).id
    return total


def _books(authors):
    total = 0
    for author in authors:
        for book in author.books:
            total += book.pages + len(book.author.name)
    return total


def W4(side, engine):
    """1,000 authors with 100 books each, eager; touch each book and its author."""
    with side.orm.Session(engine) as session:
        return _books(session.query(side.Author).options(side.orm.selectinload(side.Author.books)).all())


def W4j(side, engine):
    """W4 by joinedload."""
    with side.orm.Session(engine) as session:
        return _books(session.query(side.Author).options(side.orm.joinedload(side.Author.books)).all())


def W5(side, engine):
    """W4, lazy."""
    with side.orm.Session(engine) as session:
        return _books(session.query(side.Author).all())


def _courses(students):
    total = 0
    for student in students:
        for course in student.courses:
            total += len(course.title)
    return total


def W6e(side, engine):
    """1,000 students and 1,000 courses over 50,000 enrollments, through the proxy, eager."""
    with side.orm.Session(engine) as session:
        path = side.orm.selectinload(side.Student.enrollments).selectinload(side.Enrollment.course)
        return _courses(session.query(side.Student).options(path).all())


def W6l(side, engine):
    """W6e, lazy."""
    with side.orm.Session(engine) as session:
        return _courses(session.query(side.Student).all())


def W7(side, engine):
    """Build 1,000 authors with 20 books each through relationships, one commit."""
    Author, Book = side.Author, side.Book
    with side.orm.Session(engine) as session:
        for a in range(1000):
            author = Author(name=f"Author {a}")
            for b in range(20):
                author.books.append(Book(title=f"Book {b}", pages=b))
            session.add(author)
        session.commit()
    return 20_000


def W8(side, engine):
    """Change one attribute of 20,000 loaded objects, commit."""
    with side.orm.Session(engine) as session:
        people = session.query(side.Person).limit(20_000).all()
        yield
        for p in people:
            p.score = p.score + 1
        session.commit()
    yield len(people)


def W9(side, engine):
    """Delete 1,000 authors with the 20 books of each."""
    with side.orm.Session(engine) as session:
        authors = session.query(side.Author).all()
        yield
        for author in authors:
            session.delete(author)
        session.commit()
    yield len(authors)
