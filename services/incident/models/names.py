"""What something of the school's own was called before."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.incident.models.tables import Base


class FormerName(Base):
    """A name that a category, an agency or a place had until then."""

    __tablename__ = "former_name"

    school_id: Mapped[UUID] = mapped_column(primary_key=True)
    of_id: Mapped[UUID] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(primary_key=True)
    name: Mapped[str]
