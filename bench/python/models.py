"""The models of the benchmarks, the same text on SQLAlchemy and on kith: `side` is the package that the names come from."""
import importlib


class Side:
    """A package's names, and the models on them."""

    def __init__(self, package):
        self.core = core = importlib.import_module(package)
        self.orm = orm = importlib.import_module(package + ".orm")
        proxy = importlib.import_module(package + ".ext.associationproxy").association_proxy
        self.Base = Base = orm.declarative_base()
        Column, Integer, String, Float, DateTime, ForeignKey = core.Column, core.Integer, core.String, core.Float, core.DateTime, core.ForeignKey
        relationship = orm.relationship

        class Person(Base):
            __tablename__ = "person"
            id = Column(Integer, primary_key=True)
            name = Column(String)
            email = Column(String)
            age = Column(Integer)
            score = Column(Float)
            created_at = Column(DateTime)

        class Author(Base):
            __tablename__ = "author"
            id = Column(Integer, primary_key=True)
            name = Column(String)
            books = relationship("Book", back_populates="author", cascade="all, delete-orphan")

        class Book(Base):
            __tablename__ = "book"
            id = Column(Integer, primary_key=True)
            author_id = Column(ForeignKey("author.id"), index=True)
            title = Column(String)
            pages = Column(Integer)
            author = relationship("Author", back_populates="books")

        class Student(Base):
            __tablename__ = "student"
            id = Column(Integer, primary_key=True)
            name = Column(String)
            enrollments = relationship("Enrollment", back_populates="student")
            courses = proxy("enrollments", "course")

        class Course(Base):
            __tablename__ = "course"
            id = Column(Integer, primary_key=True)
            title = Column(String)
            enrollments = relationship("Enrollment", back_populates="course")

        class Enrollment(Base):
            __tablename__ = "enrollment"
            id = Column(Integer, primary_key=True)
            student_id = Column(ForeignKey("student.id"), index=True)
            course_id = Column(ForeignKey("course.id"), index=True)
            student = relationship("Student", back_populates="enrollments")
            course = relationship("Course", back_populates="enrollments")

        self.Person, self.Author, self.Book, self.Student, self.Course, self.Enrollment = Person, Author, Book, Student, Course, Enrollment

    def engine(self, path):
        return self.core.create_engine("sqlite:///" + path)
