"""Flask-Admin on Pony: reading through entities, changing only through use cases.

Flask-Admin has no Pony backend. This one lists, searches, filters, sorts, shows and exports entities; a subclass that
lets people add or change something names the form and the use case, so that nothing is changed unjournaled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import flash, has_request_context
from flask_admin.model import BaseModelView
from flask_wtf import FlaskForm
from pony.orm import desc
from werkzeug.wrappers import Response

from gewu_admin.back_office.filters import PonyFilter, make_filters
from gewu_platform.api.current import caller, caller_or_none, engine
from gewu_platform.service.permissions import may
from gewu_platform.service.problems import Fault, Problem
from gewu_platform.web.identity import ask_to_sign_in
from gewu_platform.web.words import language

Reader = Callable[[Any], object]
Choices = Mapping[str, Sequence[tuple[str, Any]]]

MOST_PAGES = 10**6
"""A page beyond is as empty as this one, and no database has to count further."""


@dataclass(frozen=True)
class Row:
    """One entity as read: it outlives its session, and changing it changes nothing."""

    id: Any
    values: Mapping[str, object]

    def __getattr__(self, name: str) -> object:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __str__(self) -> str:
        return str(self.values.get("name") or self.id)


class PonyModelView(BaseModelView):
    """One entity in the back office. A subclass says which, what is read of it, and who may do what.

    `readers` maps each column to how it is read from the entity; None is the attribute of its name. `details` names what
    `more_values` adds for the page of one row. `read_case` and `change_case` are use cases of the permission table: the first
    opens the view, the second its forms.
    """

    entity_name: ClassVar[str]
    readers: ClassVar[Mapping[str, Reader | None]]
    read_case: ClassVar[str]
    change_case: ClassVar[str | None] = None
    newest_first: ClassVar[bool] = False
    details: ClassVar[Sequence[str]] = ()
    create_form_class: ClassVar[type[FlaskForm]] = FlaskForm
    edit_form_class: ClassVar[type[FlaskForm]] = FlaskForm

    can_delete = False
    can_export = True
    can_view_details = True
    column_display_actions = True
    page_size = 50
    can_set_page_size = True
    page_size_options = (20, 50, 100)
    export_max_rows = 200_000
    form_base_class = FlaskForm

    def __init__(self, name: str, endpoint: str, category: str | None = None) -> None:
        self.column_list = list(self.readers)
        self.column_details_list = [*self.readers, *self.details]
        self.column_export_list = list(self.readers)
        super().__init__(self._model(), name, category, endpoint=endpoint, url=f"/admin/{endpoint}")

    def _model(self) -> type:
        """Flask-Admin wants a class to name its view after; entities exist only once an engine does."""
        return type(self.entity_name, (), {})

    # Who may

    def is_accessible(self) -> bool:
        person = caller_or_none()
        return person is not None and may(person, self.read_case)

    @property
    def can_create(self) -> bool:
        return self._changes() and type(self).create_model is not PonyModelView.create_model

    @property
    def can_edit(self) -> bool:
        return self._changes() and type(self).update_model is not PonyModelView.update_model

    def _changes(self) -> bool:
        """Whether whoever asks may change anything here; one view serves many people at once, so nothing is kept."""
        if self.change_case is None:
            return False
        person = caller_or_none() if has_request_context() else None
        return person is None or may(person, self.change_case)

    def inaccessible_callback(self, name: str, **arguments: Any) -> Response:
        if caller_or_none() is None:
            return ask_to_sign_in()
        raise Problem("not-allowed")

    # What is shown

    @property
    def entity(self) -> Any:
        return getattr(engine().store.db, self.entity_name)

    def get_pk_value(self, model: Row) -> Any:
        return model.id

    def scaffold_list_columns(self) -> list[str]:
        return list(self.readers)

    def scaffold_sortable_columns(self) -> dict[str, str]:
        return {name: name for name, reader in self.readers.items() if reader is None}

    def init_search(self) -> bool:
        return bool(self.column_searchable_list)

    def search_placeholder(self) -> str:
        return "、".join(str(self.get_column_name(name)) for name in self.column_searchable_list or ())

    def scaffold_filters(self, name: str) -> list[PonyFilter]:
        return make_filters(name, self.get_column_name(name), self.filter_choices().get(name))

    def is_valid_filter(self, filter: object) -> bool:
        return isinstance(filter, PonyFilter)

    def filter_choices(self) -> Choices:
        """Fixed choices of a filter, by column; text is asked for otherwise."""
        return {}

    def get_list(
        self,
        page: int | None,
        sort_field: str | None,
        sort_desc: bool,
        search: str | None,
        filters: Sequence[tuple[int, str, str]] | None,
        page_size: int | None = None,
    ) -> tuple[int, list[Row]]:
        with engine().store.transaction():
            query = self._search(self.entity.select(), search)
            for index, _, value in filters or ():
                query = self._filters[index].apply(query, value)
            count = query.count()
            query = self._order(query, sort_field, sort_desc)
            size = page_size or self.page_size
            first = min(max(page or 0, 0), MOST_PAGES) * size
            found = query.limit(size, offset=first)
            return count, [self._read(entity) for entity in found]

    def get_one(self, id: str) -> Row | None:
        with engine().store.transaction():
            try:
                entity = self.entity.get(**{self._key_name(): self._key(id)})
            except (ValueError, TypeError):
                return None
            return None if entity is None else self._read(entity)

    def _search(self, query: Any, search: str | None) -> Any:
        for word in (search or "").split():
            condition = " or ".join(f"word in row.{name}" for name in self.column_searchable_list)
            query = query.filter(f"lambda row: {condition}", {"word": word})
        return query

    def _order(self, query: Any, sort_field: str | None, descending: bool) -> Any:
        if sort_field is None:
            sort_field, descending = self._key_name(), self.newest_first
        attribute = getattr(self.entity, sort_field)
        return query.order_by(desc(attribute) if descending else attribute)

    def _key_name(self) -> str:
        return str(self.entity._pk_.name)

    def _key(self, text: str) -> Any:
        if self.entity._pk_.py_type is not int:
            return text
        number = int(text)
        if not 0 < number < 2**31:
            raise ValueError(f"no row has the id {number}")
        return number

    def _read(self, entity: Any) -> Row:
        values = {
            name: getattr(entity, name) if reader is None else reader(entity)
            for name, reader in self.readers.items()
        }
        return Row(entity.get_pk(), {**values, **self.more_values(entity)})

    def more_values(self, entity: Any) -> Mapping[str, object]:
        """What the edit form needs beyond the columns."""
        return {}

    # What is changed

    def scaffold_form(self) -> type[FlaskForm]:
        return self.create_form_class

    def get_edit_form(self) -> type[FlaskForm]:
        return self.edit_form_class

    def scaffold_list_form(self, widget: object = None, validators: object = None) -> type[FlaskForm]:
        return FlaskForm

    def create_model(self, form: FlaskForm) -> bool:
        raise Problem("wrong-method")

    def update_model(self, form: FlaskForm, model: Row) -> bool:
        raise Problem("wrong-method")

    def delete_model(self, model: Row) -> bool:
        raise Problem("wrong-method")

    def attempt(self, form: FlaskForm, work: Callable[[], object]) -> bool:
        """Run a use case; what it refuses is shown beside the field it concerns, the rest of the form is kept."""
        try:
            work()
        except Problem as problem:
            for fault in problem.errors:
                self._blame(form, fault)
            if not problem.errors:
                flash(problem.detail(language()), "error")
            return False
        return True

    @staticmethod
    def _blame(form: FlaskForm, fault: Fault) -> None:
        """Beside the field of that name (`attributes.grade`), or beside the one that holds it; else above the form."""
        holder, _, inside = fault.where.partition(".")
        own, words = form._fields.get(fault.where), fault.message(language())
        field = own or form._fields.get(holder)
        if field is None:
            flash(words, "error")
        else:
            field.errors = [*field.errors, f"{inside}: {words}" if inside and own is None else words]

    @staticmethod
    def person() -> Any:
        """Who is changing something."""
        return caller()

    def get_export_value(self, model: Row, name: str) -> Any:
        """What a spreadsheet would take for a formula is given to it as text."""
        value = super().get_export_value(model, name)
        return f"'{value}" if isinstance(value, str) and value[:1] in _FORMULA else value


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
